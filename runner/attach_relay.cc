#include "runner/attach_relay.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <utility>

#include "runner/raw_terminal.h"
#include "runner/signal_relay.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/lifecycle/control.h"

namespace runner {
namespace lifecycle = runtime::lifecycle;
using lifecycle::Order;
using runtime::base::Error;
using runtime::base::UniqueFd;

namespace {

// False at the end. When nobody takes ours any more, the rest is read and dropped.
bool CopyOnce(int from, int to) {
  std::array<char, 16384> bytes;
  const ssize_t n = ::read(from, bytes.data(), bytes.size());
  if (n <= 0) {
    return n < 0 && errno == EINTR;
  }
  try {
    runtime::base::WriteAll(to, {bytes.data(), static_cast<size_t>(n)}, "output");
  } catch (const Error&) {
    return true;
  }
  return true;
}

UniqueFd TakeSignals() {
  sigset_t set = BlockedSignals::Set();
  ::sigaddset(&set, SIGWINCH);
  return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

AttachRelay::AttachRelay(int connection, const AttachChoice& choice)
    : connection_(connection),
      choice_(choice),
      keys_(choice.detach_keys),
      raw_(choice.terminal && choice.input && ::isatty(STDIN_FILENO) == 1),
      reading_(choice.input),
      signals_(TakeSignals()) {}

void AttachRelay::Attach() {
  lifecycle::Answered answered = lifecycle::Call(connection_, {.order = Order::kAttach});
  const size_t streams = choice_.terminal ? 1 : 2;
  if (answered.files.size() != streams) {
    throw Error(runtime::base::ErrorKind::kInternal, "the monitor sent no output");
  }
  out_ = std::move(answered.files[0]);
  if (streams == 2) {
    err_ = std::move(answered.files[1]);
  }
}

AttachEnd AttachRelay::Run() {
  const std::unique_ptr<RawTerminal> terminal =
      choice_.terminal ? std::make_unique<RawTerminal>(choice_.input) : nullptr;
  if (choice_.input || choice_.terminal) {  // A terminal also for its size.
    lifecycle::Ask(connection_, {.order = Order::kInput});
  }
  // What the container wrote last may come after the news of its end.
  while (connected_ || out_ || err_) {
    const bool can_read = reading_ && input_ && typed_.empty();
    pollfd events[] = {{out_.get(), POLLIN, 0},
                       {err_.get(), POLLIN, 0},
                       {connected_ ? connection_ : -1, POLLIN, 0},
                       {can_read ? STDIN_FILENO : -1, POLLIN, 0},
                       {typed_.empty() ? -1 : input_.get(), POLLOUT, 0},
                       {signals_.get(), POLLIN, 0}};
    if (::poll(events, std::size(events), -1) < 0 && errno != EINTR) {
      throw Error::FromErrno("wait for the container");
    }
    if (events[0].revents != 0 && !CopyOnce(out_.get(), STDOUT_FILENO)) {
      out_.Reset();
    }
    if (events[1].revents != 0 && !CopyOnce(err_.get(), STDERR_FILENO)) {
      err_.Reset();
    }
    if (events[2].revents != 0) {
      TakeReply();
    }
    if (events[5].revents != 0) {
      TakeSignal();  // Before what is typed: who changed the window's size and then typed did so in
                     // this order.
    }
    if (events[3].revents != 0) {
      TakeTyped();
    }
    if (!typed_.empty()) {
      SendTyped();
    }
    if (keys_.detached()) {
      end_.how = AttachEnd::How::kDetached;
    }
    if (end_.how == AttachEnd::How::kDetached || end_.how == AttachEnd::How::kSignalled) {
      break;
    }
  }
  return end_;
}

void AttachRelay::TakeReply() {
  std::optional<lifecycle::Answered> answered = lifecycle::NextReply(connection_);
  if (!answered) {
    connected_ = false;
  } else if (answered->reply.answer == lifecycle::Answer::kEnded) {
    connected_ = false;
    end_ = {AttachEnd::How::kEnded, answered->reply.number, answered->reply.text};
  } else if (!answered->files.empty()) {
    input_ = std::move(answered->files[0]);
    if (choice_.terminal) {
      RawTerminal::CopyWindowSize(input_.get());
    }
  }
}

void AttachRelay::TakeTyped() {
  std::array<char, 16384> bytes;
  const ssize_t n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (n > 0) {
    const std::string_view text(bytes.data(), static_cast<size_t>(n));
    typed_ = raw_ ? keys_.Take(text) : std::string(text);
  } else if (n == 0 || errno != EINTR) {
    reading_ = false;
    if (!choice_.terminal) {
      input_.Reset();  // The end of ours is the end of the container's.
    }
  }
}

void AttachRelay::SendTyped() {
  const ssize_t n = ::write(input_.get(), typed_.data(), typed_.size());
  if (n > 0) {
    typed_.erase(0, static_cast<size_t>(n));
  } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
    typed_.clear();
    reading_ = false;
    input_.Reset();  // Nobody reads it any more.
  }
}

void AttachRelay::TakeSignal() {
  signalfd_siginfo info;
  if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
    return;
  }
  int number = static_cast<int>(info.ssi_signo);
  if (number == SIGWINCH) {
    if (choice_.terminal && input_) {
      RawTerminal::CopyWindowSize(input_.get());
    }
    return;
  }
  if (!choice_.signals) {
    end_ = {AttachEnd::How::kSignalled, number, {}};
    return;
  }
  const bool end = number == SIGINT || number == SIGTERM;
  if (end && ++asked_ > 1) {
    number = SIGKILL;
  }
  lifecycle::Ask(connection_, {.order = Order::kSignal, .number = number});
}

}  // namespace runner
