// Paths that a stranger can influence, resolved so that they never leave a directory.
//
// openat2(2) with RESOLVE_NO_MAGICLINKS always, and one of two readings of links:
// kInRoot, where "/" and ".." mean `root` as after chroot(2), or kNoLinks, where any link fails.
#pragma once

#include <filesystem>
#include <string_view>

#include "runtime/base/fd.h"

namespace runtime::base {

enum class Links { kInRoot, kNoLinks };

// Opens `path` beneath the directory `root`. Throws Error; the kernel's EXDEV or ELOOP means that
// the path tried to leave or went through a link. O_CLOEXEC is added.
UniqueFd OpenBeneath(int root, const std::filesystem::path& path, int flags, Links links,
                     unsigned mode = 0);

// Makes each missing directory of `path` beneath `root` (mode 0755) and opens the last as O_PATH.
UniqueFd MakeDirectoriesBeneath(int root, const std::filesystem::path& path, Links links);

}  // namespace runtime::base
