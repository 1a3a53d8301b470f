// Stops that were asked for (std::stop_token), in code that waits or works for long.
#pragma once

#include <sys/eventfd.h>

#include <chrono>
#include <stop_token>

#include "runtime/base/fd.h"

namespace runtime::base {

// Throws Error (kCancelled) when a stop was requested. Cheap: for every turn of a long loop.
void ThrowIfStopped(const std::stop_token& stop);

// Waits so long; throws Error (kCancelled) as soon as a stop is requested.
void Pause(std::chrono::milliseconds duration, const std::stop_token& stop);

// A stop token for poll(2): readable from the request on.
class StopEvent {
 public:
  // Throws Error when there are no descriptors left.
  explicit StopEvent(const std::stop_token& stop);

  // -1, which poll(2) passes over, when no stop can come.
  int fd() const { return event_.get(); }

 private:
  struct Write {
    int fd;
    void operator()() const noexcept { ::eventfd_write(fd, 1); }
  };
  UniqueFd event_;
  std::stop_callback<Write> on_stop_;
};

}  // namespace runtime::base
