// The objects of a local repository as packs of a mirror, for workspaces to link to: its own packs
// as they are, and one new pack of its loose objects. What the mirror has isn't copied again.
#pragma once

#include <git2.h>

#include "runtime/git/helper/mirror.h"
#include "runtime/git/helper/source.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// Throws Error: kInvalid over the limits of a fetch.
void CopyObjects(git_repository* from, Mirror& mirror, const CheckoutLimits& limits,
                 const ProgressLine& progress);

}  // namespace runtime::git
