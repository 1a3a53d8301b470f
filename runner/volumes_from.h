// --volumes-from: the volumes of another container, such as one that does nothing but hold them.
#pragma once

#include <string>
#include <vector>

#include "runner/mount_options.h"
#include "runtime/lifecycle/store.h"

namespace runner {

// Adds to `mounts` what these containers (CONTAINER[:ro|:rw]) have as volumes and host directories,
// at the same places, but for places that are taken. Throws Error.
void AddVolumesFrom(const std::vector<std::string>& texts, const runtime::lifecycle::Store& store,
                    std::vector<MountRequest>& mounts);

}  // namespace runner
