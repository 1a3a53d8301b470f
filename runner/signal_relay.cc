#include "runner/signal_relay.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace runner {

sigset_t BlockedSignals::Set() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
    ::sigaddset(&set, signal);
  }
  return set;
}

BlockedSignals::BlockedSignals() {
  sigset_t set = Set();
  ::sigaddset(&set, SIGWINCH);  // TerminalRelay waits for it; no other thread may take it away.
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
}

BlockedSignals::~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

SignalRelay::SignalRelay(runtime::container::Container& container)
    : container_(container), done_(::eventfd(0, EFD_CLOEXEC)) {
  const sigset_t set = BlockedSignals::Set();
  signals_.Reset(::signalfd(-1, &set, SFD_CLOEXEC));
  thread_ = std::thread([this] { Run(); });
}

SignalRelay::~SignalRelay() {
  ::eventfd_write(done_.get(), 1);
  thread_.join();
}

void SignalRelay::Run() {
  int asked = 0;
  while (true) {
    pollfd events[2] = {{signals_.get(), POLLIN, 0}, {done_.get(), POLLIN, 0}};
    if (::poll(events, 2, -1) < 0) {
      continue;
    }
    if (events[1].revents != 0) {
      return;
    }
    signalfd_siginfo info;
    if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
      continue;
    }
    const int signal = static_cast<int>(info.ssi_signo);
    const bool end = signal == SIGINT || signal == SIGTERM;
    container_.Signal(end && ++asked > 1 ? SIGKILL : signal);
  }
}

}  // namespace runner
