// What a commit changed: the paths that two trees don't have in common.
#pragma once

#include <git2.h>

#include <optional>
#include <string>
#include <vector>

namespace runtime::git {

// Bounds on an answer that a stranger's trees decide.
struct ChangeLimits {
  size_t paths = 100'000;
  size_t bytes = 16u << 20;  // of all paths
  size_t trees = 200'000;    // read for it
  size_t depth = 128;
};

// Files, links and submodules of one commit that the other has not, or otherwise; sorted. A renamed
// file is two paths. Nothing over a limit. Throws Error for a repository that can't be read.
std::optional<std::vector<std::string>> ChangedPaths(git_repository* repository,
                                                     const git_oid& before, const git_oid& after,
                                                     const ChangeLimits& limits = {});

// Where two commits left each other; nothing when they have no history in common.
std::optional<git_oid> MergeBase(git_repository* repository, const git_oid& one,
                                 const git_oid& other);

}  // namespace runtime::git
