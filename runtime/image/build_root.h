// BuildRoot: a writable tree over an image's layers whose changes are a layer.
#pragma once

#include <filesystem>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::image {

// A descriptor of the root of a detached overlay: `lower` (lowest first, may be empty), and
// DRAFT/fs, which takes the changes as overlayfs writes them (DRAFT/work is overlayfs's own). With
// no lower layer it is DRAFT/fs itself. Close it before DRAFT/fs is read. Throws Error.
base::UniqueFd OpenBuildRoot(const std::vector<std::filesystem::path>& lower,
                             const std::filesystem::path& draft);

}  // namespace runtime::image
