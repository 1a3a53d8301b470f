// The two ways to make a detached, read-only overlay of lower layers only.
//
// Layers are named to the kernel as /proc/self/fd/N, so that neither the characters (':', ',', '\')
// nor the length of a path matter: fsconfig(2) takes 255 bytes, mount(2) one page of options.
#pragma once

#include <sys/mount.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::layer {

inline constexpr unsigned kViewAttributes =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

// By fsopen(2) and one "lowerdir+" for each layer (lowest first, two at least), as Linux 6.8 and
// later take it. Nothing when this kernel doesn't know the option. Throws Error.
std::optional<base::UniqueFd> MountOverlayDetached(
    const std::vector<std::filesystem::path>& layers);

// By mount(2) in a mount namespace of a short-lived thread, and a detached clone of the result: for
// older kernels, where overlayfs takes the layers only as one string that is too long for
// fsconfig(2). Throws Error.
base::UniqueFd MountOverlayInNamespace(const std::vector<std::filesystem::path>& layers);

}  // namespace runtime::layer
