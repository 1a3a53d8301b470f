// The two ways to make a detached overlay: with and without a kernel that takes layers one by one.
//
// Layers are named to the kernel as /proc/self/fd/N, so that neither the characters (':', ',', '\')
// nor the length of a path matter: fsconfig(2) takes 255 bytes, mount(2) one page of options.
#pragma once

#include <sys/mount.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::layer {

inline constexpr unsigned kViewAttributes =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

// Whether overlayfs takes each layer with a "lowerdir+" of fsconfig(2), as Linux 6.8 and later do.
// Older ones know it by its failing, or (before 6.5) seem to take it and fail when mounting. Throws
// Error when the kernel has no overlayfs.
bool OverlayTakesSingleLayers();

// Has an overlay's context keep its marks in user.* attributes where it must (OverlayPrefix() in
// attributes.h); answers whether.
bool MarkByUserAttributes(int context);

// By fsopen(2), a read-only overlay of lower layers only (lowest first, two at least). Nothing when
// this kernel doesn't take single layers. Throws Error.
std::optional<base::UniqueFd> MountOverlayDetached(
    const std::vector<std::filesystem::path>& layers);

struct OverlayRequest {
  std::vector<std::filesystem::path> lower;  // lowest first; two at least without an upper one
  std::filesystem::path upper;               // or empty, and so is `work`: the overlay is read-only
  std::filesystem::path work;
  std::string options;            // more of overlayfs's own, each with a comma before it
  uint64_t attributes = 0;        // of the mount: MOUNT_ATTR_*
  std::function<void()> prepare;  // called in the thread that mounts: its credentials end with it
};

// By mount(2) in a mount namespace of a short-lived thread, and a detached clone of the result: for
// older kernels, where overlayfs takes the layers only as one string that is too long for
// fsconfig(2). Throws Error.
base::UniqueFd MountOverlayInNamespace(const OverlayRequest& request);

}  // namespace runtime::layer
