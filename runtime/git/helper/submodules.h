// The submodules of a tree.
#pragma once

#include <git2.h>

#include <vector>

#include "runtime/git/protocol.h"

namespace runtime::git {

// At most so many in one repository.
inline constexpr size_t kMaxSubmodules = 100;

// In the order of their paths. Throws Error: kInvalid for too many, for a path that a checkout
// couldn't write, and over the limits.
std::vector<Submodule> FindSubmodules(git_repository* repository, const git_oid& tree,
                                      const CheckoutLimits& limits);

}  // namespace runtime::git
