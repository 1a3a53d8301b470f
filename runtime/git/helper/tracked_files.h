// TrackedFiles: what the index of a working tree knows, for reading only (gitformat-index(5)).
#pragma once

#include <git2.h>
#include <sys/stat.h>

#include <optional>
#include <string>

#include "runtime/git/helper/handles.h"

namespace runtime::git {

class TrackedFiles {
 public:
  // The index of `repository`; a missing one is empty. Throws Error when it can't be read.
  explicit TrackedFiles(git_repository* repository);

  // In the index, in whichever stage.
  bool Has(const std::string& path) const;
  bool HasBelow(const std::string& directory) const;  // "dir/"

  // The commit that is recorded for a submodule at `path`.
  std::optional<git_oid> Submodule(const std::string& path) const;

  // The object of a file that is as the index saw it, to save reading it. Nothing when that isn't
  // certain: changed or just now changed, absent from the object database, or stored in another
  // form than in the working tree (line ends, large files kept elsewhere).
  std::optional<git_oid> Unchanged(const std::string& path, const struct stat& file) const;

 private:
  git_repository* repository_;
  IndexPtr index_;
  OdbPtr odb_;
  timespec written_{};  // the index file's own time: what is as new may have changed since
  bool attributes_ = false;
};

}  // namespace runtime::git
