// Whether a container that has ended is started again, and when. A value; touches nothing.
#pragma once

#include <chrono>
#include <optional>

#include "runtime/lifecycle/record.h"

namespace runtime::lifecycle {

// Back-off: 100 ms, doubled with each restart up to a minute, and 100 ms again after a container
// has run for ten seconds.
class Restart {
 public:
  explicit Restart(const RestartPolicy& policy) : policy_(policy) {}

  // After an end with that code: how long to wait before the next start, or nothing when that was
  // the end for good.
  std::optional<std::chrono::milliseconds> AfterEnd(int exit_code, std::chrono::milliseconds ran);
  unsigned count() const { return count_; }

 private:
  RestartPolicy policy_;
  unsigned count_ = 0;
  std::chrono::milliseconds delay_{0};
};

}  // namespace runtime::lifecycle
