#include "runner/run_control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::UniqueFd;

// For reading and writing, so that it has no end while nobody writes.
UniqueFd OpenFifo(const std::filesystem::path& path) {
  ::unlink(path.c_str());  // Of a process that died.
  if (::mkfifo(path.c_str(), 0600) != 0) {
    throw Error::FromErrno("make " + path.string());
  }
  return runtime::base::OpenFile(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
}

UniqueFd MakeControl(const RunPaths& paths) {
  runtime::base::MakeDirectories(paths.directory);
  return OpenFifo(paths.control());
}

}  // namespace

RunControl::RunControl(const RunPaths& paths, std::stop_token stop)
    : path_(paths.control()),
      forward_(std::move(stop), Forward{source_}),
      orders_(MakeControl(paths)),
      end_(runtime::base::MakePipe()),
      thread_([this] { Listen(); }) {}

RunControl::~RunControl() {
  end_.write.Reset();
  thread_.join();
  ::unlink(path_.c_str());
}

void RunControl::Listen() {
  for (;;) {
    pollfd events[] = {{orders_.get(), POLLIN, 0}, {end_.read.get(), POLLIN, 0}};
    if (::poll(events, std::size(events), -1) < 0 && errno != EINTR) {
      return;
    }
    if (events[1].revents != 0) {
      return;
    }
    char byte;
    if (events[0].revents != 0 && ::read(orders_.get(), &byte, 1) == 1) {
      source_.request_stop();  // There is one order only.
    }
  }
}

std::optional<UniqueFd> OpenControl(const RunPaths& paths) {
  UniqueFd control(::open(paths.control().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  if (!control && (errno == ENXIO || errno == ENOENT)) {
    return std::nullopt;
  }
  if (!control) {
    throw Error::FromErrno("open " + paths.control().string());
  }
  return control;
}

void TellToEnd(const UniqueFd& control) {
  runtime::base::WriteAll(control.get(), "c", "the run's control");
}

void AwaitEnd(const RunPaths& paths, const std::stop_token& stop) {
  const runtime::base::FileLock lock(paths.lock(), stop);
}

}  // namespace runner
