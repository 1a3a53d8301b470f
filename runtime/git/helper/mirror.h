// Mirror: the cache of one remote repository's objects, a bare repository.
//
// Its only references are refs/have/HEX, one for each remote reference that was fetched, named by
// the SHA-1 of that name: they tell the other side what we have already, and no name of a stranger
// becomes a file here. It is a copy: whatever is broken in it is thrown away and fetched anew.
// One process at a time (the host's lock).
#pragma once

#include <git2.h>

#include <filesystem>
#include <string>

#include "runtime/git/helper/handles.h"

namespace runtime::git {

class Mirror {
 public:
  // Opens the mirror in this existing directory; makes it when it is missing, unreadable, or so
  // much fetched to that it has become slow (more than 100 packs). Throws Error.
  explicit Mirror(std::filesystem::path directory);

  git_repository* repository() const { return repository_.get(); }

  // Made by this object, so that nothing in it can be a leftover.
  bool fresh() const { return fresh_; }

  // Throws everything away.
  void Remake();

  void Remember(const std::string& remote_name, const git_oid& id);

 private:
  bool Open();

  std::filesystem::path directory_;
  RepositoryPtr repository_;
  bool fresh_ = false;
};

}  // namespace runtime::git
