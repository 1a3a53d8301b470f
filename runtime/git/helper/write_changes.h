// What is different in one tree from another, written as a layer that goes on top of the other's.
#pragma once

#include <git2.h>

#include "runtime/git/helper/output_tree.h"

namespace runtime::git {

// Over a checkout of `base`, overlayfs shows `tree` as WriteTree() would have written it: what is
// new or different is there whole, with the directories on the way to it, and a whiteout for what
// is gone. False, with nothing written, when that is more than `base` allows, or when `tree` isn't
// as a tree must be, which writing it whole will tell. Throws Error as WriteTree() does, also when
// the repository doesn't have `base`.
bool WriteChanges(git_repository* repository, const git_oid& tree, const CheckoutBase& base,
                  const CheckoutLimits& limits, OutputTree& output);

}  // namespace runtime::git
