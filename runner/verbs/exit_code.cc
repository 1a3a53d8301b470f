#include "runner/verbs/exit_code.h"

#include "runner/cli.h"

namespace runner {

int ExitCodeOf(const pipeline::RunSummary& summary) {
  using pipeline::Outcome;
  if (!summary.diagnostics.empty()) {
    return kExitUsage;
  }
  switch (summary.outcome) {
    case Outcome::kErrored:
      return kExitOurs;
    case Outcome::kCancelled:
      return kExitInterrupted;
    default:
      return pipeline::IsSuccess(summary.outcome) ? kExitPassed : kExitFailed;
  }
}

}  // namespace runner
