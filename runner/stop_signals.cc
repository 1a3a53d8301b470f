#include "runner/stop_signals.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>

namespace runner {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// A handler has no other way to the object.
std::atomic<int> signal_pipe = -1;

void OnSignal(int number);

// Gives the signals that OnSignal has back to the kernel.
void Restore() {
  for (const int signal : kSignals) {
    struct sigaction now = {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == OnSignal) {
      std::signal(signal, SIG_DFL);
    }
  }
}

void OnSignal(int /*number*/) {
  const int saved = errno;
  Restore();
  const char byte = 0;
  // The pipe is empty until here, so it takes a byte.
  [[maybe_unused]] const ssize_t written = ::write(signal_pipe.load(), &byte, 1);
  errno = saved;
}

void Install() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  for (const int signal : kSignals) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (signal != SIGHUP || before.sa_handler != SIG_IGN) {
      ::sigaction(signal, &action, nullptr);
    }
  }
}

}  // namespace

StopSignals::StopSignals() : pipe_(runtime::base::MakePipe()) {
  thread_ = std::thread([this] {
    char byte = 0;
    ssize_t count = 0;
    while ((count = ::read(pipe_.read.get(), &byte, 1)) < 0 && errno == EINTR) {
    }
    if (count == 1) {
      source_.request_stop();
    }
  });
  signal_pipe = pipe_.write.get();
  Install();
}

StopSignals::~StopSignals() {
  Restore();
  pipe_.write.Reset();
  thread_.join();
}

void StopSignals::Wait() const {
  std::mutex mutex;
  std::condition_variable_any asked;
  std::unique_lock lock(mutex);
  asked.wait(lock, token(), [] { return false; });
}

}  // namespace runner
