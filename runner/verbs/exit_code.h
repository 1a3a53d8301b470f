// Exit codes of the verbs that run a pipeline.
#pragma once

#include "pipeline/run_observer.h"

namespace runner {

int ExitCodeOf(const pipeline::RunSummary& summary);

}  // namespace runner
