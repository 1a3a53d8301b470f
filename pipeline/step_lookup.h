// What the names of a step's expressions stand for, when the plan is made and when the step starts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/expression.h"
#include "pipeline/run_facts.h"
#include "pipeline/run_observer.h"
#include "pipeline/run_plan.h"

namespace pipeline {

// What was there before a step: everything that it waits for, directly or not.
struct Before {
  Outcome worst = Outcome::kPassed;
  std::optional<size_t> failed;  // the first step in file order that didn't succeed
};

// Facts and the step's variables; steps.*, outcome and failed() aren't known. The arguments must
// outlive the result.
NameLookup PlanLookup(const RunFacts& facts, const RunPlan& plan, const StepPlan& step);

// Everything. `results` has an entry for each step of the plan; those that `step` waits for have
// ended. The arguments must outlive the result.
NameLookup RunLookup(const RunFacts& facts, const RunPlan& plan, const StepPlan& step,
                     const std::vector<StepSummary>& results, const Before& before);

}  // namespace pipeline
