// ServicesInUse: the services that one step counts on, from when it waits for them to its end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/step_backend.h"
#include "runner/run_service.h"

namespace runner {

// Of one thread. Those that nobody else has end with it.
class ServicesInUse {
 public:
  // `stop`: of the step.
  explicit ServicesInUse(std::stop_token stop);
  ServicesInUse(const ServicesInUse&) = delete;
  ServicesInUse& operator=(const ServicesInUse&) = delete;
  ~ServicesInUse();

  void Add(std::shared_ptr<RunService> service);

  // Until all are ready, or one has failed. Throws Error after a stop of the step, and when a
  // failure is ours.
  void AwaitReady(pipeline::StepLog& log) const;

  // Requested with the step's own, and as soon as one of them fails: the step then makes no sense.
  std::stop_token stop() const { return stop_.get_token(); }

  // Makes the first failure, if there is one, the step's result, and shows the service's last
  // lines. What the step itself came to is part of the reason. False when there is none.
  bool Explain(pipeline::StepResult& result, pipeline::StepLog& log) const;

  // Lines of /etc/hosts that only this step and its own services have.
  std::string hosts;

 private:
  using Forward = std::stop_callback<std::function<void()>>;

  std::optional<ServiceFailure> FirstFailure() const;

  const std::stop_token of_step_;
  std::stop_source stop_;
  std::vector<std::shared_ptr<RunService>> services_;
  std::vector<std::unique_ptr<Forward>> forwards_;  // last: they use the others
};

}  // namespace runner
