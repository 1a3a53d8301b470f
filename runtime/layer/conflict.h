// FindConflict: whether two layers on the same lower ones can be stacked in either order.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/layer/tree_walk.h"

namespace runtime::layer {

// The first path, sorted by its parts, that both layers (directories as overlayfs leaves them)
// contain differently: another type, owner, mode, content, link target, extended attributes that a
// layer may carry, or one hides what the other adds. Times don't count, nor does what is at the
// path `leave_out`. Nothing when there is none. Throws Error.
std::optional<std::string> FindConflict(const std::filesystem::path& a,
                                        const std::filesystem::path& b,
                                        const std::string& leave_out = {},
                                        const TreeLimits& limits = {});

}  // namespace runtime::layer
