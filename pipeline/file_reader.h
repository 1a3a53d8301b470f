// Finds and reads the pipeline file of a checkout.
#pragma once

#include <string>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/step_backend.h"

namespace pipeline {

struct FoundFile {
  std::string name;  // in the workspace
  std::string text;
  std::vector<Diagnostic> diagnostics;  // why there is none: missing, two of them
};

// `file`, else .runner.yml or .runner.yaml. Throws Error when the backend does.
FoundFile FindPipelineFile(StepBackend& backend, const WorkspaceLayers& workspace,
                           const std::string& file);

}  // namespace pipeline
