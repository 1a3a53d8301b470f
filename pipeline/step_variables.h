// The variables that every command step sees.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "pipeline/run_facts.h"
#include "pipeline/run_plan.h"

namespace pipeline {

// `own` wins over CI, CPUS and SOURCE_DATE_EPOCH; RUNNER_* can't be changed (the parser refuses
// such names). CPUS is the step's `limits: cpu` rounded up, else what this process may use.
// RUNNER_OUTCOME is there in `finally`. RUNNER_OUTPUT and RUNNER_SUMMARY are the backend's: it
// knows where the files are.
std::map<std::string, std::string> StepVariables(const RunFacts& facts, const StepPlan& step,
                                                 std::optional<Outcome> outcome,
                                                 std::map<std::string, std::string> own);

}  // namespace pipeline
