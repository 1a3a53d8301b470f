// Which pipeline a run is of: reads the pipeline files of a checkout, and finds those that have
// something to do for an event.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/step_backend.h"

namespace pipeline {

// A pipeline file as it was read.
struct ReadPipeline {
  std::string file;  // in the workspace
  std::string name;  // what it is called; empty: as the repository
  std::optional<PipelineFile> parsed;
  std::vector<Diagnostic> findings;  // why it can't be run: missing, in two spellings, not valid
};

// All that there are (pipeline_files.h), or with `file` that one alone: never none. One that isn't
// there has that finding. Throws Error when the backend does.
std::vector<ReadPipeline> ReadPipelines(StepBackend& backend, const WorkspaceLayers& workspace,
                                        const std::string& file);

// What is wrong with a pipeline that has the name of the one in the file `other` (E607).
std::string SameName(const std::string& name, const std::string& other);

// Those whose `on` names the event, and those that can't be run, which somebody has to be told.
// `changed` is asked at most once, and only where a file asks for paths.
std::vector<ReadPipeline> PipelinesFor(std::vector<ReadPipeline> all, const TriggerEvent& event,
                                       const std::function<const ChangedPaths&()>& changed);

}  // namespace pipeline
