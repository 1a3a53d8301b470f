// What a volume holds when a container first sees it.
#pragma once

#include <filesystem>

#include "runtime/layer/snapshot.h"
#include "runtime/volume/volume_store.h"

namespace runtime::volume {

// As docker: an empty volume that nobody else holds gets what the image has at `target` (files,
// and the directory's own owner and mode). Does nothing when the image has no such directory.
// Whoever comes meanwhile waits until it is done; a failure leaves the volume empty. Throws Error.
void SeedVolume(HeldVolume& held, const layer::Snapshot& rootfs,
                const std::filesystem::path& target);

}  // namespace runtime::volume
