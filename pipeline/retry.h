// What `retry` makes of the attempts of a step.
#pragma once

#include <string>
#include <vector>

#include "pipeline/run_plan.h"
#include "pipeline/step_result.h"

namespace pipeline {

// Begins a step that ended so again, as long as attempts are left? Not one that was cancelled, and
// not one that couldn't begin for what the file says.
bool IsRetried(const RetrySpec& retry, const StepResult& result);

// The result of the step: its last attempt's, with the usage of all. One that passed after a
// failure of the user's code is flaky. `failed` has the attempts before, oldest first.
StepResult Concluded(StepResult last, const std::vector<StepResult>& failed);

}  // namespace pipeline
