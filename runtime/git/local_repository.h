// A repository on this host, found as git finds it.
#pragma once

#include <filesystem>

namespace runtime::git {

// Absolute, without links.
struct LocalRepository {
  std::filesystem::path work_tree;   // empty for a bare repository
  std::filesystem::path git_dir;     // WORK_TREE/.git, or what that file names
  std::filesystem::path common_dir;  // git_dir, or for a linked worktree the main one's
};

// The repository at `path`: a working tree (also a linked one, or a submodule's), a git directory,
// or a directory anywhere inside of a working tree. Nothing of it is executed or believed but its
// layout. Throws Error:
//   kNotFound     no such directory
//   kUsage        no repository there; the message says what to do
//   kPermission   found in a parent directory that belongs to somebody else (CVE-2022-24765)
//   kInvalid      objects that lie elsewhere, by a link or by alternates (CVE-2024-32004 and its
//                 like): the git container sees the repository and nothing else
LocalRepository FindLocalRepository(const std::filesystem::path& path);

}  // namespace runtime::git
