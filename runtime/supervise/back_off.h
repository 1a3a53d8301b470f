// BackOff: how long a service that has ended waits before it is started again.
#pragma once

#include <algorithm>
#include <cstdint>

namespace runtime::supervise {

// Milliseconds.
inline constexpr int64_t kFirstDelay = 250;
inline constexpr int64_t kLongestDelay = 30'000;
inline constexpr int64_t kSteadyRun = 10'000;

class BackOff {
 public:
  // For a service that ran that long: twice the time of before, and the first again after a run
  // that was long enough to be called steady.
  int64_t Next(int64_t ran) {
    delay_ = ran >= kSteadyRun || delay_ == 0 ? kFirstDelay : std::min(2 * delay_, kLongestDelay);
    return delay_;
  }

 private:
  int64_t delay_ = 0;
};

}  // namespace runtime::supervise
