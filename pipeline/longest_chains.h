// LongestChains: how much of a run hangs on each step.
#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/run_plan.h"

namespace pipeline {

// For each step, how many steps that aren't skipped the longest chain of waiting steps has that
// begins with it. Takes time in proportion to steps and needs. `needs` must have no circle.
std::vector<size_t> LongestChains(const std::vector<StepPlan>& steps);

}  // namespace pipeline
