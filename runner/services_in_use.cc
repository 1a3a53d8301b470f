#include "runner/services_in_use.h"

#include "runtime/base/stop.h"

namespace runner {
using pipeline::Outcome;
using pipeline::Stream;

ServicesInUse::ServicesInUse(std::stop_token stop) : of_step_(std::move(stop)) {
  forwards_.push_back(std::make_unique<Forward>(of_step_, [this] { stop_.request_stop(); }));
}

ServicesInUse::~ServicesInUse() {
  forwards_.clear();
  // All at once, before the first is waited for.
  for (const std::shared_ptr<RunService>& service : services_) {
    if (service.use_count() == 1) {
      service->RequestStop();
    }
  }
}

void ServicesInUse::Add(std::shared_ptr<RunService> service) {
  services_.push_back(std::move(service));
  forwards_.push_back(
      std::make_unique<Forward>(services_.back()->failed(), [this] { stop_.request_stop(); }));
}

void ServicesInUse::AwaitReady(pipeline::StepLog& log) const {
  for (const std::shared_ptr<RunService>& service : services_) {
    service->AwaitReady(stop_.get_token());
    if (service->WasReady()) {
      log.Line(Stream::kRunner, "service " + service->name() + " is ready");
    }
  }
  runtime::base::ThrowIfStopped(of_step_);
  const std::optional<ServiceFailure> failure = FirstFailure();
  if (failure && failure->error) {
    throw *failure->error;
  }
}

std::optional<ServiceFailure> ServicesInUse::FirstFailure() const {
  for (const std::shared_ptr<RunService>& service : services_) {
    if (std::optional<ServiceFailure> failure = service->failure()) {
      return failure;
    }
  }
  return std::nullopt;
}

bool ServicesInUse::Explain(pipeline::StepResult& result, pipeline::StepLog& log) const {
  const std::optional<ServiceFailure> failure =
      of_step_.stop_requested() ? std::nullopt : FirstFailure();
  if (!failure) {
    return false;
  }
  log.Line(Stream::kRunner, failure->reason);
  for (const std::string& line : failure->last_lines) {
    log.Line(Stream::kRunner, "  | " + line);
  }
  const std::string own = result.outcome == Outcome::kFailed ? result.reason : "";
  result.outcome = Outcome::kFailed;
  result.cause = pipeline::Cause::kOurs;
  result.reason = failure->reason + (own.empty() ? "" : "; the step: " + own);
  return true;
}

}  // namespace runner
