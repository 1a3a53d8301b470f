#include "runtime/lifecycle/restart.h"

#include <algorithm>

namespace runtime::lifecycle {
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr milliseconds kFirst{100};
constexpr milliseconds kLongestDelay = seconds(60);
constexpr milliseconds kStable = seconds(10);

}  // namespace

std::optional<milliseconds> Restart::AfterEnd(int exit_code, milliseconds ran) {
  using When = RestartPolicy::When;
  const bool failed_too_often = policy_.most > 0 && count_ >= policy_.most;
  if (policy_.when == When::kNo ||
      (policy_.when == When::kOnFailure && (exit_code == 0 || failed_too_often))) {
    return std::nullopt;
  }
  ++count_;
  delay_ = ran >= kStable || delay_.count() == 0 ? kFirst : std::min(delay_ * 2, kLongestDelay);
  return delay_;
}

}  // namespace runtime::lifecycle
