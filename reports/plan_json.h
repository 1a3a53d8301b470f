// A run's plan as JSON: what each step was to do, for the run's record.
#pragma once

#include <string>

#include "pipeline/run_plan.h"

namespace reports {

// Texts are as the file has them, `${{ }}` and all. Of variables and secrets the names only.
std::string PlanJson(const pipeline::RunPlan& plan);

}  // namespace reports
