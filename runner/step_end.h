// How a step's container ended, in CI words.
#pragma once

#include <filesystem>
#include <string>

#include "pipeline/step_result.h"
#include "runtime/container/exit_status.h"

namespace runner {

// Outcome, cause, reason and usage. `needs_shell`: the step is a `run`, whose program is a shell.
pipeline::StepResult StepResultOf(const runtime::container::ContainerEnd& end, bool needs_shell);

// A step that failed before it had a container: what the pipeline asked for isn't there.
pipeline::StepResult FailedStep(const std::string& reason);

// A program seldom says that well; while the step's files are still there, the disk does.
void MentionFullDisk(const std::filesystem::path& disk, pipeline::StepResult& result);

}  // namespace runner
