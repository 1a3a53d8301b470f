#include "runtime/base/stop.h"

#include <condition_variable>
#include <mutex>

#include "runtime/base/error.h"

namespace runtime::base {
namespace {

UniqueFd MakeEvent(const std::stop_token& stop) {
  if (!stop.stop_possible()) {
    return UniqueFd();
  }
  UniqueFd event(::eventfd(0, EFD_CLOEXEC));
  if (!event) {
    throw Error::FromErrno("make an eventfd");
  }
  return event;
}

}  // namespace

void ThrowIfStopped(const std::stop_token& stop) {
  if (stop.stop_requested()) {
    throw Error(ErrorKind::kCancelled, "cancelled");
  }
}

void Pause(std::chrono::milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, duration, [] { return false; });
  ThrowIfStopped(stop);
}

StopEvent::StopEvent(const std::stop_token& stop)
    : event_(MakeEvent(stop)), on_stop_(stop, Write{event_.get()}) {}

}  // namespace runtime::base
