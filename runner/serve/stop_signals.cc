#include "runner/serve/stop_signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>

namespace runner::serve {
namespace {

// A handler has no other way to the object.
std::atomic<int> signal_pipe = -1;

void OnSignal(int number) {
  const int saved = errno;
  std::signal(number, SIG_DFL);
  const char byte = 0;
  // The pipe is empty until here, so it takes a byte.
  [[maybe_unused]] const ssize_t written = ::write(signal_pipe.load(), &byte, 1);
  errno = saved;
}

void Install(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals() : pipe_(runtime::base::MakePipe()) {
  signal_pipe = pipe_.write.get();
  Install(OnSignal);
}

StopSignals::~StopSignals() { Install(SIG_DFL); }

void StopSignals::Wait() {
  char byte = 0;
  while (::read(pipe_.read.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

}  // namespace runner::serve
