// The objects of a local repository as packs of a mirror, for workspaces to link to: its own packs
// as they are, and one new pack of its loose objects. What the mirror has isn't copied again.
#pragma once

#include <git2.h>

#include <cstdint>
#include <filesystem>

#include "runtime/git/helper/mirror.h"
#include "runtime/git/helper/source.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// Of the packs that the directory of a mirror lacks, and of all loose objects.
uint64_t BytesToCopy(git_repository* from, const std::filesystem::path& mirror);

// Throws Error: kInvalid over the limits of a fetch, kUnavailable when the repository doesn't hold
// still.
void CopyObjects(git_repository* from, Mirror& mirror, const CheckoutLimits& limits,
                 const ProgressLine& progress);

}  // namespace runtime::git
