// HealthChecker: runs a container's health check again and again, in its monitor, in the way that
// `exec` runs a program. One that takes too long is ended with all that it has started.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/container/container.h"
#include "runtime/lifecycle/event_loop.h"
#include "runtime/lifecycle/joins.h"
#include "runtime/lifecycle/record.h"

namespace runtime::lifecycle {

// One thread.
class HealthChecker {
 public:
  // All must outlive the object; `config` has a check. `on_change` is called when state.health was
  // changed.
  HealthChecker(EventLoop& loop, const container::Host& host, const Config& config, State& state,
                std::function<void()> on_change);
  HealthChecker(const HealthChecker&) = delete;
  HealthChecker& operator=(const HealthChecker&) = delete;
  ~HealthChecker() { End(); }

  // The container has started.
  void Begin(const container::Container& container);
  // It has ended, or is about to.
  void End() noexcept;

 private:
  void Start();
  void Launch();
  void TakeOutput();
  void TakeReport();
  void OnTimeout();
  void Finish(int exit_code, const std::string& reason);
  void Forget() noexcept;
  bool Running() const { return reports_watch_ != 0; }

  EventLoop& loop_;
  const container::Host& host_;
  const Config& config_;
  State& state_;
  std::function<void()> on_change_;
  const container::Container* container_ = nullptr;
  Joins joins_;
  Timer next_;
  Timer timeout_;

  // Of the check that runs.
  Joins::Owner check_ = 0;
  Probe probe_;
  bool timed_out_ = false;
  base::UniqueFd reports_;
  base::UniqueFd output_;
  EventLoop::Watch reports_watch_ = 0;
  EventLoop::Watch output_watch_ = 0;
};

}  // namespace runtime::lifecycle
