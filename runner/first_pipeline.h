// The pipeline that `runner init` proposes: build, test, an image of the result, and its push.
#pragma once

#include "pipeline/import/draft.h"
#include "runner/project_files.h"

namespace runner {

// A Makefile comes first: who has one has said in it how to build. Comments that begin with CHECK
// say what nobody but the project can know. The text (WriteDraft) passes the linter.
pipeline::DraftPipeline ProposePipeline(const ProjectFiles& project);

}  // namespace runner
