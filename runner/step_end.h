// How a step's container ended, in CI words.
#pragma once

#include "pipeline/step_result.h"
#include "runtime/container/exit_status.h"

namespace runner {

// Outcome, cause, reason and usage. `needs_shell`: the step is a `run`, whose program is a shell.
pipeline::StepResult StepResultOf(const runtime::container::ContainerEnd& end, bool needs_shell);

}  // namespace runner
