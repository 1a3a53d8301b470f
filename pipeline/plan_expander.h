// The steps of a file -> those of a plan: one for each cell of the matrices.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/matrix.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/run_plan.h"

namespace pipeline {

// How many there are.
size_t CountSteps(const PipelineFile& file);

// Job by job, in file order, those of `finally` once and last; with name, id, job and matrix. A
// step waits for steps of its own job; one of `finally` for those of all. `picked`: only cells with
// these values (IsPicked).
std::vector<StepPlan> ExpandSteps(const PipelineFile& file, const MatrixCell& picked);

// A finding for each value in `picked` that no matrix of the file has.
std::vector<Diagnostic> CheckPicked(const PipelineFile& file, const MatrixCell& picked);

}  // namespace pipeline
