// From what a request names to one commit.
#pragma once

#include <git2.h>

#include <optional>
#include <string>

#include "runtime/git/protocol.h"

namespace runtime::git {

// The commit with this id, or nothing when the repository doesn't have it.
std::optional<git_oid> FindCommit(git_repository* repository, const std::string& hex);

// The commit that a revision means (gitrevisions(7)): "v1.0", "HEAD~2", an abbreviated id.
// Throws Error: kNotFound, kUsage when it is ambiguous or no commit, or DamagedRepository when the
// name is there and the object isn't.
git_oid ParseRevision(git_repository* repository, const std::string& revision);

// The commit that an object is or, for an annotated tag, leads to. Throws Error.
git_oid PeelToCommit(git_repository* repository, const git_oid& id, const std::string& name);

// All but the branch.
Resolution DescribeCommit(git_repository* repository, const git_oid& commit);

// "main" for "refs/heads/main", else nothing.
std::string BranchName(std::string_view ref);

// Is it a full, valid reference name (git-check-ref-format(1)), or that of a tag? Servers and
// repositories may say anything.
bool IsReferenceName(const std::string& ref);
bool IsTagName(const std::string& ref);

// Throws Error (kUsage) unless it is a full, valid reference name.
void CheckReferenceName(const std::string& ref);

}  // namespace runtime::git
