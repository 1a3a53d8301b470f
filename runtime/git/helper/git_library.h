// The git library set up so that nothing of a repository, a user or this host configures it.
#pragma once

#include <git2.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/git/helper/handles.h"

namespace runtime::git {

// Initialises libgit2 for this object's life: no system, global or XDG configuration, no templates,
// no check of who owns a repository (nothing in one is trusted anyway), every object's hash
// verified when read. `home` is where ssh looks for .ssh/known_hosts. One at a time.
class GitLibrary {
 public:
  explicit GitLibrary(const std::filesystem::path& home);
  GitLibrary(const GitLibrary&) = delete;
  GitLibrary& operator=(const GitLibrary&) = delete;
  ~GitLibrary();
};

// A repository whose stored objects or references can't be read. What is only a copy (the mirror
// cache) is made anew then.
class DamagedRepository : public base::Error {
 public:
  using base::Error::Error;
};

// Throws what libgit2 said about `code` when it is negative, with "what: " in front:
// DamagedRepository for a broken store, else Error.
void Check(int code, std::string_view what);

// Opens a git directory (bare or not) and gives it an empty configuration in place of its own.
// Throws Error (kUnsupported) for formats that aren't understood, such as SHA-256 object ids.
RepositoryPtr OpenGitDirectory(const std::filesystem::path& git_dir);

std::string ToText(const git_oid& id);
// Throws Error (kInvalid) for what isn't 40 hex digits.
git_oid ToId(std::string_view hex);

}  // namespace runtime::git
