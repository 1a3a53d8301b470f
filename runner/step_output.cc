#include "runner/step_output.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/base/error.h"

namespace runner {
namespace {

constexpr size_t kMaxLine = 65536;

// Cuts a stream into lines.
class LineCutter {
 public:
  LineCutter(int fd, pipeline::Stream stream, pipeline::StepLog& log)
      : fd_(fd), stream_(stream), log_(log) {}

  // False at the end, when the rest was passed on too.
  bool ReadSome() {
    std::array<char, 65536> data;
    const ssize_t n = ::read(fd_, data.data(), data.size());
    if (n < 0 && errno == EINTR) {
      return true;
    }
    if (n <= 0) {
      if (!rest_.empty()) {
        log_.Line(stream_, rest_);
      }
      return false;
    }
    Cut({data.data(), static_cast<size_t>(n)});
    return true;
  }

 private:
  void Cut(std::string_view data) {
    for (size_t end; (end = data.find('\n')) != std::string_view::npos;) {
      rest_.append(data.substr(0, end));
      log_.Line(stream_, rest_);
      rest_.clear();
      data.remove_prefix(end + 1);
    }
    rest_.append(data);
    while (rest_.size() >= kMaxLine) {
      log_.Line(stream_, std::string_view(rest_).substr(0, kMaxLine));
      rest_.erase(0, kMaxLine);
    }
  }

  int fd_;
  pipeline::Stream stream_;
  pipeline::StepLog& log_;
  std::string rest_;
};

runtime::base::Pipe MakeOwnedPipe(unsigned owner) {
  runtime::base::Pipe pipe = runtime::base::MakePipe();
  if (::fchown(pipe.write.get(), owner, owner) != 0) {
    throw runtime::base::Error::FromErrno("give the output pipe to the step");
  }
  return pipe;
}

}  // namespace

StepOutput::StepOutput(pipeline::StepLog& log, unsigned owner)
    : log_(log), out_(MakeOwnedPipe(owner)), err_(MakeOwnedPipe(owner)) {}

void StepOutput::Begin() {
  out_.write.Reset();
  err_.write.Reset();
  thread_ = std::thread([this] { Run(); });
}

void StepOutput::Finish() {
  out_.write.Reset();
  err_.write.Reset();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void StepOutput::Run() {
  LineCutter out(out_.read.get(), pipeline::Stream::kStdout, log_);
  LineCutter err(err_.read.get(), pipeline::Stream::kStderr, log_);
  pollfd events[2] = {{out_.read.get(), POLLIN, 0}, {err_.read.get(), POLLIN, 0}};
  while (events[0].fd >= 0 || events[1].fd >= 0) {
    if (::poll(events, 2, -1) < 0) {
      continue;
    }
    if (events[0].revents != 0 && !out.ReadSome()) {
      events[0].fd = -1;
    }
    if (events[1].revents != 0 && !err.ReadSome()) {
      events[1].fd = -1;
    }
  }
}

}  // namespace runner
