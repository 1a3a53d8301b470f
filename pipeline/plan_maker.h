// PipelineFile and the facts of a run -> RunPlan.
#pragma once

#include "pipeline/pipeline_file.h"
#include "pipeline/run.h"
#include "pipeline/run_facts.h"
#include "pipeline/run_plan.h"

namespace pipeline {

// Decides what can be decided: variables of the top level, conditions that ask for nothing that
// only the run knows, steps that the options leave out. Every name in options.only_steps must be a
// step's (CheckOnlySteps).
RunPlan MakePlan(const PipelineFile& file, const RunFacts& facts, const RunOptions& options);

// A finding for each name in `only_steps` that is no step.
std::vector<Diagnostic> CheckOnlySteps(const PipelineFile& file,
                                       const std::vector<std::string>& only_steps);

}  // namespace pipeline
