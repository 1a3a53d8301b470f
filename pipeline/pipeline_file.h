// PipelineFile: a pipeline file, read and checked. What only an event or a run can decide is still
// open in it; plan_maker.h decides that.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/findings.h"
#include "pipeline/matrix.h"
#include "pipeline/run_plan.h"
#include "pipeline/triggers.h"

namespace pipeline {

struct PipelineFile {
  std::string name;  // empty: the repository's
  Triggers triggers;
  std::map<std::string, Template> env;
  CloneSpec clone;
  std::optional<ConcurrencySpec> concurrency;
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};
  std::vector<ServiceSpec> services;  // of each job
  // In file order, those of `finally` last; without name, id, job and matrix, which MakePlan gives
  // them; `needs` complete, env without that of the file.
  std::vector<StepPlan> steps;
  std::vector<MatrixCell> jobs;                        // of the file's matrix; empty without one
  std::map<size_t, std::vector<MatrixCell>> cells_of;  // of the matrices of steps
};

struct ParsedFile {
  std::optional<PipelineFile> file;     // nothing when there are diagnostics
  std::vector<Diagnostic> diagnostics;  // every finding, in file order
};

// Pure and bounded (yaml_reader.h), whatever the text. `file_name` is for the diagnostics.
ParsedFile ParsePipelineFile(std::string_view text, const std::string& file_name);

}  // namespace pipeline
