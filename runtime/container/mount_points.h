// MountPoints: the lowest layer of every container's root file system. It has the places that every
// container gets something mounted onto, so that where an image lacks them nothing has to be made
// in the writable layer, which would take longer than the mounts.
#pragma once

#include <filesystem>

#include "runtime/base/state_dir.h"

namespace runtime::container {

// The directory, made at first use. Throws Error.
std::filesystem::path MountPoints(const base::StateDir& state);

}  // namespace runtime::container
