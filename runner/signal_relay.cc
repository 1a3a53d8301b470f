#include "runner/signal_relay.h"

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

SignalRelay::SignalRelay(runtime::container::Container& container) : container_(container) {
  const sigset_t set = BlockedSignals::Set();
  signals_.Reset(::signalfd(-1, &set, SFD_CLOEXEC));
}

runtime::container::Watched SignalRelay::Watched() {
  return {.fd = signals_.get(), .on_ready = [this] { PassOn(); }};
}

void SignalRelay::PassOn() {
  signalfd_siginfo info;
  if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
    return;
  }
  const int signal = static_cast<int>(info.ssi_signo);
  const bool end = signal == SIGINT || signal == SIGTERM;
  container_.Signal(end && ++asked_ > 1 ? SIGKILL : signal);
}

}  // namespace runner
