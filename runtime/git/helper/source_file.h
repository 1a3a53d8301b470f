// A file of a working tree that somebody may be editing, read as an object of git.
#pragma once

#include <git2.h>

#include <cstdint>
#include <string>

#include "runtime/base/fd.h"

namespace runtime::git {

class SourceFile {
 public:
  // Opens a regular file beneath `parent`, following no link. `where` is for messages.
  SourceFile(int parent, const std::string& name, std::string where);

  uint64_t size() const { return size_; }
  // Reads it once, from where it stands: the object id, and a copy.
  git_oid Hash() { return CopyTo(-1); }
  git_oid CopyTo(int target);

 private:
  std::string where_;
  base::UniqueFd fd_;
  uint64_t size_ = 0;
};

std::string ReadLinkAt(int parent, const std::string& name, const std::string& where);

// Throws Error (kUnavailable) that says that the file changed meanwhile, unless they are equal.
void ExpectSame(const git_oid& before, const git_oid& now, const std::string& where);

}  // namespace runtime::git
