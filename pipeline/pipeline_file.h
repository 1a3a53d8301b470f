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
#include "pipeline/run_plan.h"
#include "pipeline/triggers.h"

namespace pipeline {

struct PipelineFile {
  std::string name;  // empty: the repository's
  Triggers triggers;
  std::map<std::string, Template> env;
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};
  std::vector<StepPlan> steps;  // in file order, `needs` complete, env without that of the file
};

struct ParsedFile {
  std::optional<PipelineFile> file;     // nothing when there are diagnostics
  std::vector<Diagnostic> diagnostics;  // every finding, in file order
};

// Pure and bounded (yaml_reader.h), whatever the text. `file_name` is for the diagnostics.
ParsedFile ParsePipelineFile(std::string_view text, const std::string& file_name);

}  // namespace pipeline
