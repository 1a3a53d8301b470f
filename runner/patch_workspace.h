// `resume --patch`: a diff is applied to what a step begins with, by a program in a container of
// its own, since names in it are anybody's.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "pipeline/step_backend.h"
#include "runner/step_spec.h"
#include "runtime/container/container_directory.h"
#include "runtime/image/image_store.h"

namespace runner {

inline constexpr size_t kMaxPatch = 64u << 20;  // bytes

// Throws Error (kUsage), naming the line, for what only git can apply: renames, modes, binary
// files. And for a text that changes nothing.
void RequireAppliable(const std::string& patch);

// What the diff changes in the request's workspace: the writable part of it, in `directory`. Throws
// Error: kUsage when it can't be applied.
std::filesystem::path ApplyPatch(const runtime::image::ImageStore& images,
                                 const runtime::image::Image& image,
                                 const runtime::container::ContainerDirectory& directory,
                                 pipeline::CommandRequest request, const std::string& patch,
                                 const RunContainer& run);

}  // namespace runner
