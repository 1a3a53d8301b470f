// PipelineFile and the facts of a run -> RunPlan.
#pragma once

#include "pipeline/pipeline_file.h"
#include "pipeline/run.h"
#include "pipeline/run_facts.h"
#include "pipeline/run_plan.h"

namespace pipeline {

// Decides what can be decided: variables of the top level, conditions that ask for nothing that
// only the run knows, steps that the options leave out. Every name in options.only_steps must be a
// step's (CheckOptions).
RunPlan MakePlan(const PipelineFile& file, const RunFacts& facts, const RunOptions& options);

// A finding for each step and each value of a matrix that the options name and the file hasn't.
std::vector<Diagnostic> CheckOptions(const PipelineFile& file, const RunOptions& options);

}  // namespace pipeline
