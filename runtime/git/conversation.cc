#include "runtime/git/conversation.h"

#include <poll.h>
#include <sys/socket.h>

#include <deque>
#include <exception>
#include <string>
#include <thread>

#include "runtime/base/fd.h"
#include "runtime/base/terminal_text.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

constexpr size_t kMaxProgressLine = 4096;

// The host's side of the pipes, served by one thread until both are at their end.
class Pump {
 public:
  Pump(UniqueFd in, UniqueFd out, UniqueFd err, const ConversationHandlers& handlers)
      : in_(std::move(in)), out_(std::move(out)), err_(std::move(err)), handlers_(handlers) {}

  void Run(const HelperRequest& request) {
    asks_objects_ = request.lfs.has_value();
    asks_changed_ = !request.since.empty() || !request.base_ref.empty();
    Send(EncodeRequest(request) + "\n");
    while (out_ || err_) {
      pollfd waited[2] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
      if (::poll(waited, 2, -1) < 0 && errno != EINTR) {
        failure_ = std::make_exception_ptr(Error::FromErrno("wait for the git helper"));
        return;
      }
      if (waited[0].revents != 0) {
        Read(out_, out_text_, kMaxLine, [this](std::string_view line) { Answer(line); });
      }
      if (waited[1].revents != 0) {
        Read(err_, err_text_, kMaxProgressLine,
             [this](std::string_view line) { handlers_.progress(base::ForMessage(line)); });
      }
    }
  }

  const std::exception_ptr& failure() const { return failure_; }
  const std::optional<Resolution>& resolution() const { return resolution_; }
  const std::optional<WrittenTree>& written() const { return written_; }
  bool wrote_history() const { return wrote_history_; }
  LfsAnswer TakeObjects() { return std::move(objects_).value_or(LfsAnswer()); }
  ChangedPathList TakeChanged() { return std::move(changed_); }
  // Has all been said that was asked for?
  bool complete() const {
    return asks_objects_ ? objects_.has_value()
                         : resolution_ && answers_.empty() && (!asks_changed_ || told_changed_);
  }

 private:
  template <typename F>
  static void Read(UniqueFd& fd, std::string& text, size_t max_line, F&& on_line) {
    char buffer[16384];
    const ssize_t count = ::read(fd.get(), buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) {
      return;
    }
    if (count <= 0) {
      fd.Reset();
      return;
    }
    text.append(buffer, static_cast<size_t>(count));
    for (size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
      on_line(std::string_view(text).substr(0, std::min(end, max_line)));
    }
    if (text.size() > max_line) {
      on_line(std::string_view(text).substr(0, max_line));
      text.clear();
    }
  }

  // What can't be sent is answered by the end of the pipes.
  void Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(in_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count < 0) {
        return;
      }
      text.remove_prefix(static_cast<size_t>(count));
    }
  }

  void Answer(std::string_view line) {
    try {
      if (asks_objects_) {
        objects_ = DecodeObjects(line);
      } else if (!resolution_) {
        resolution_ = DecodeResolution(line);
        if (asks_changed_) {
          Send(std::string(kAnswerChanged) + "\n");
          return;
        }
        const Wanted wanted = handlers_.wants(*resolution_);
        if (wanted.files) {
          answers_.push_back(kAnswerWrite);
        }
        if (wanted.history) {
          answers_.push_back(kAnswerHistory);
        }
        AskNext();
      } else if (asks_changed_) {
        TakePart(DecodeChanged(line));
      } else {
        TakeWritten(DecodeWritten(line));
      }
    } catch (...) {
      failure_ = std::current_exception();
      in_.Reset();  // Ends the helper should it still wait for us.
    }
  }

  void AskNext() { Send(std::string(answers_.empty() ? kAnswerDone : answers_.front()) + "\n"); }

  void TakeWritten(WrittenTree written) {
    if (answers_.empty()) {
      throw Error(ErrorKind::kInvalid, "the git helper wrote what nobody asked it for");
    }
    if (answers_.front() == kAnswerWrite) {
      written_ = std::move(written);
    } else {
      wrote_history_ = !written.left_out;
      if (written.left_out) {
        resolution_->history.clear();
      }
    }
    answers_.pop_front();
    AskNext();
  }

  void TakePart(ChangedPart part) {
    constexpr size_t kMaxPaths = 1'000'000;
    if (told_changed_ || (changed_ && changed_->size() > kMaxPaths)) {
      throw Error(ErrorKind::kInvalid, "the git helper tells of more changes than it may");
    }
    told_changed_ = !part.more;
    if (!part.paths) {
      changed_.reset();
      return;
    }
    std::vector<std::string>& all = changed_ ? *changed_ : changed_.emplace();
    all.insert(all.end(), std::make_move_iterator(part.paths->begin()),
               std::make_move_iterator(part.paths->end()));
  }

  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
  const ConversationHandlers& handlers_;
  std::string out_text_;
  std::string err_text_;
  std::optional<Resolution> resolution_;
  std::optional<WrittenTree> written_;
  std::optional<LfsAnswer> objects_;
  std::deque<std::string_view> answers_;  // what is still to be written
  bool wrote_history_ = false;
  bool asks_objects_ = false;
  bool asks_changed_ = false;
  bool told_changed_ = false;
  ChangedPathList changed_;
  std::exception_ptr failure_;
};

struct Sockets {
  UniqueFd ours;
  UniqueFd theirs;
};

// A socket in place of a pipe: a write to a helper that is gone must not raise SIGPIPE.
Sockets MakeSockets() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error::FromErrno("socket to the git helper");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// The ends that explain themselves; any other is the helper's to explain.
void ThrowUnlessExited(const container::ExitStatus& status) {
  if (std::holds_alternative<container::Exited>(status)) {
    return;
  }
  const bool late = std::holds_alternative<container::TimedOut>(status);
  const bool stopped = std::holds_alternative<container::Cancelled>(status);
  const bool bound = std::holds_alternative<container::OutOfMemory>(status);
  throw Error(late      ? ErrorKind::kUnavailable
              : stopped ? ErrorKind::kCancelled
              : bound   ? ErrorKind::kInvalid
                        : ErrorKind::kInternal,
              "the git container: " + container::Describe(status));
}

}  // namespace

ConversationEnd Converse(container::Host& host, const container::ContainerSpec& spec,
                         const HelperRequest& request, const ConversationHandlers& handlers,
                         std::stop_token stop) {
  Sockets in = MakeSockets();
  base::Pipe out = base::MakePipe();
  base::Pipe err = base::MakePipe();
  container::Container git = container::Container::Start(
      host, spec, {.in = in.theirs.get(), .out = out.write.get(), .err = err.write.get()});
  in.theirs.Reset();
  out.write.Reset();
  err.write.Reset();
  Pump pump(std::move(in.ours), std::move(out.read), std::move(err.read), handlers);
  std::jthread thread([&] { pump.Run(request); });
  const container::ContainerEnd end = git.Wait(std::move(stop));
  thread.join();
  ThrowUnlessExited(end.status);
  if (pump.failure()) {
    std::rethrow_exception(pump.failure());
  }
  if (!pump.complete()) {
    throw Error(ErrorKind::kInternal,
                "the git container ended too early: " + container::Describe(end.status));
  }
  return {.resolution = pump.resolution().value_or(Resolution()),
          .written = pump.written(),
          .wrote_history = pump.wrote_history(),
          .changed = pump.TakeChanged(),
          .objects = pump.TakeObjects()};
}

}  // namespace runtime::git
