#include "runner/cancel_signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace runner {

CancelSignals::CancelSignals() : done_(::eventfd(0, EFD_CLOEXEC)) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    ::sigaddset(&set, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_.Reset(::signalfd(-1, &set, SFD_CLOEXEC));
  thread_ = std::thread([this] { Run(); });
}

CancelSignals::~CancelSignals() {
  ::eventfd_write(done_.get(), 1);
  thread_.join();
}

void CancelSignals::Run() {
  while (true) {
    pollfd events[2] = {{signals_.get(), POLLIN, 0}, {done_.get(), POLLIN, 0}};
    if (::poll(events, 2, -1) < 0) {
      continue;
    }
    if (events[1].revents != 0) {
      return;
    }
    signalfd_siginfo info;
    if (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info) &&
        !source_.request_stop()) {
      ::_exit(130);
    }
  }
}

}  // namespace runner
