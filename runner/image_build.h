// An `image-build` step: a new image of the base, files of the workspace and the step's settings.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "pipeline/step_backend.h"
#include "runtime/image/image_store.h"

namespace runner {

// Passed, or failed where the pipeline asks for what isn't there. `base`: none to begin from
// nothing; its layers are unpacked. `history`: a path in the workspace that only a copy of itself
// takes along, as nobody wants `.git` in an image; empty for none. Says in the log what it built.
// Throws Error.
pipeline::StepResult BuildStepImage(const runtime::image::ImageStore& images,
                                    const std::optional<runtime::image::Image>& base,
                                    const pipeline::ImageBuildRequest& request,
                                    const std::string& history, pipeline::StepLog& log,
                                    const std::stop_token& stop);

}  // namespace runner
