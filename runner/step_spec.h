// From a command step to the container that runs it.
#pragma once

#include <filesystem>
#include <functional>

#include "pipeline/step_backend.h"
#include "runtime/container/container.h"
#include "runtime/container/container_directory.h"
#include "runtime/container/container_spec.h"
#include "runtime/image/image_store.h"

namespace runner {

// Where a step finds the files that it may answer through: RUNNER_OUTPUT, RUNNER_SUMMARY.
inline constexpr char kStepFilesTarget[] = "/run/runner";

// All but the network (run_network.h) and secrets (step_secrets.h). Makes the step's files
// directory in `directory` too. Throws Error.
runtime::container::ContainerSpec SpecForStep(
    const runtime::image::ImageStore& store, const runtime::image::Image& image,
    const runtime::container::ContainerDirectory& directory,
    const pipeline::CommandRequest& request);

// Runs the container of that command to its end.
using RunContainer = std::function<runtime::container::ContainerEnd(
    const pipeline::CommandRequest& request, runtime::container::ContainerSpec& spec)>;

// The writable part of the step's workspace, as SpecForStep() laid it out.
std::filesystem::path WorkspaceUpper(const runtime::container::ContainerDirectory& directory);

// "KEY=value" lines that the step wrote to RUNNER_OUTPUT. The file is the step's: anything but a
// regular file of at most 1 MiB, and any line that isn't of that form, is an Error (kInvalid).
std::map<std::string, std::string> ReadOutputs(
    const runtime::container::ContainerDirectory& directory);

// What the step wrote to RUNNER_SUMMARY, with the same bound.
std::string ReadSummary(const runtime::container::ContainerDirectory& directory);

}  // namespace runner
