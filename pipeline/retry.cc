#include "pipeline/retry.h"

#include <algorithm>
#include <utility>

namespace pipeline {
namespace {

void Add(const Usage& more, Usage& usage) {
  usage.wall += more.wall;
  usage.user += more.user;
  usage.system += more.system;
  usage.read_bytes += more.read_bytes;
  usage.written_bytes += more.written_bytes;
  usage.peak_memory_bytes = std::max(usage.peak_memory_bytes, more.peak_memory_bytes);
  usage.peak_processes = std::max(usage.peak_processes, more.peak_processes);
}

bool IsInfrastructure(const StepResult& result) {
  return result.cause == Cause::kOurs || result.cause == Cause::kDisk;
}

}  // namespace

bool IsRetried(const RetrySpec& retry, const StepResult& result) {
  if (IsSuccess(result.outcome) || result.outcome == Outcome::kCancelled) {
    return false;
  }
  switch (result.cause) {
    case Cause::kExitCode:
    case Cause::kTests:
      return retry.on_exit;
    case Cause::kSignal:
      return retry.on_signal;
    case Cause::kOutOfMemory:
      return retry.on_out_of_memory;
    case Cause::kTimeout:
      return retry.on_timeout;
    case Cause::kDisk:
    case Cause::kOurs:
      return retry.on_infrastructure;
    case Cause::kNone:
      return false;
  }
  return false;
}

StepResult Concluded(StepResult last, const std::vector<StepResult>& failed) {
  for (const StepResult& attempt : failed) {
    Add(attempt.usage, last.usage);
  }
  last.attempts = static_cast<uint32_t>(failed.size()) + 1;
  const auto theirs = std::find_if_not(failed.begin(), failed.end(), IsInfrastructure);
  if (last.outcome == Outcome::kPassed && theirs != failed.end()) {
    last.outcome = Outcome::kFlaky;
    last.reason =
        "passed at attempt " + std::to_string(last.attempts) + ", after: " + theirs->reason;
  } else if (!failed.empty() && !IsSuccess(last.outcome)) {
    last.reason += ", at attempt " + std::to_string(last.attempts);
  }
  return last;
}

}  // namespace pipeline
