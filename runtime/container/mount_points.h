// MountPoints: the lowest layer of every container's root file system. It has the places that every
// container gets something mounted onto, so that where an image lacks them nothing has to be made
// in the writable layer, which would take longer than the mounts.
#pragma once

#include <filesystem>
#include <vector>

#include "runtime/base/state_dir.h"

namespace runtime::container {

// The directory, made at first use. Throws Error.
std::filesystem::path MountPoints(const base::StateDir& state);

// What must be there, as relative paths; of `directories`, what holds others comes first.
struct Places {
  std::vector<std::filesystem::path> directories;
  std::vector<std::filesystem::path> files;
};

// A layer of other such places, for containers of one kind: `target`, made at first use and never
// changed. Throws Error.
void MakePlaces(const base::StateDir& state, const std::filesystem::path& target,
                const Places& places);

}  // namespace runtime::container
