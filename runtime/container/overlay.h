// The overlay mounts of a container, made by its parent: overlayfs acts with the credentials of
// whoever mounts it, and only the host's root may use trusted.overlay.* attributes.
#pragma once

#include "runtime/base/fd.h"
#include "runtime/container/id_map.h"
#include "runtime/layer/snapshot.h"

namespace runtime::container {

// A detached overlay of `snapshot`, whose paths must lie below `state_root`; they are looked up
// below `shifted_root`, the same tree through an idmapped mount. Makes upper and work when they are
// missing. Throws Error. Thread-safe: changes only the calling thread's credentials, and back.
base::UniqueFd MountOverlay(const layer::Snapshot& snapshot,
                            const std::filesystem::path& state_root,
                            const std::filesystem::path& shifted_root, const IdMap& map);

}  // namespace runtime::container
