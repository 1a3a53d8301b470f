// StepDrafts -> StepPlans: who waits for whom.
#pragma once

#include <vector>

#include "pipeline/findings.h"
#include "pipeline/step_parser.h"

namespace pipeline {

// A step waits for what `needs` names, else for the step before; for every step whose image,
// outcome or output it mentions, wherever that stands in the file; and a push for every step before
// it. Unknown names, a step that waits for itself, circles, and images of steps that build none are
// findings. Takes time in proportion to steps and mentions.
std::vector<StepPlan> ConnectSteps(std::vector<StepDraft> drafts, Findings& findings);

}  // namespace pipeline
