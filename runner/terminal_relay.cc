#include "runner/terminal_relay.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using runtime::base::UniqueFd;

// False at the end of `from`. A terminal whose other side is closed answers EIO.
bool CopyTerminal(int from, int to) {
  std::array<char, 16384> data;
  const ssize_t n = ::read(from, data.data(), data.size());
  if (n <= 0) {
    return n < 0 && errno == EINTR;
  }
  try {
    runtime::base::WriteAll(to, {data.data(), static_cast<size_t>(n)}, "the terminal");
  } catch (const runtime::base::Error&) {
    return false;
  }
  return true;
}

UniqueFd WatchWindowChanges() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGWINCH);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

TerminalRelay::TerminalRelay(int master, bool input)
    : master_(master),
      input_(input),
      terminal_(input),
      window_changes_(WatchWindowChanges()),
      done_(::eventfd(0, EFD_CLOEXEC)) {
  RawTerminal::CopyWindowSize(master_);
  thread_ = std::thread([this] { Run(); });
}

TerminalRelay::~TerminalRelay() {
  ::eventfd_write(done_.get(), 1);
  thread_.join();
}

void TerminalRelay::Run() {
  bool output = true;
  while (output) {
    pollfd events[4] = {{master_, POLLIN, 0},
                        {input_ ? STDIN_FILENO : -1, POLLIN, 0},
                        {window_changes_.get(), POLLIN, 0},
                        {done_.get(), POLLIN, 0}};
    if (::poll(events, 4, -1) < 0) {
      if (errno == EINTR) {
        continue;
      }
      return;
    }
    if (events[0].revents != 0) {
      output = CopyTerminal(master_, STDOUT_FILENO);
    } else if (events[3].revents != 0) {
      return;  // The container is gone and its output is drained.
    }
    // Before what is typed: who changed the window's size and then typed did so in this order.
    signalfd_siginfo info;
    if (events[2].revents != 0 && ::read(window_changes_.get(), &info, sizeof info) > 0) {
      RawTerminal::CopyWindowSize(master_);
    }
    if (events[1].revents != 0) {
      input_ = CopyTerminal(STDIN_FILENO, master_);
    }
  }
}

}  // namespace runner
