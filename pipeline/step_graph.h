// StepDrafts -> StepPlans: who waits for whom.
#pragma once

#include <map>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/step_parser.h"

namespace pipeline {

// A step waits for what `needs` names, else for the step before; for every step whose image,
// outcome or output it mentions, wherever that stands in the file; and a push for every step before
// it. Steps of `finally` come last in `drafts`; no other step can wait for them. Unknown names, a
// step that waits for itself, circles, and images of steps that build none are findings. Takes time
// in proportion to steps and mentions.
struct ConnectedSteps {
  std::vector<StepPlan> steps;
  std::map<size_t, std::vector<MatrixCell>> cells;  // of steps with a matrix of their own
};
ConnectedSteps ConnectSteps(std::vector<StepDraft> drafts, bool file_has_matrix,
                            Findings& findings);

}  // namespace pipeline
