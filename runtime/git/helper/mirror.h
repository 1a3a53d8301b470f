// Mirror: the cache of one repository's objects, a bare repository: what was fetched of a remote
// one, or the copy of a local one's (copy_objects.h).
//
// Its packs are linked to from workspaces, so each stays as it is until it is removed. Its only
// references are refs/have/HEX, one for each remote reference that was fetched, named by the SHA-1
// of that name: they tell the other side what we have already, and no name of a stranger becomes a
// file here. It is a copy: whatever is broken in it is thrown away and fetched anew. One process at
// a time (the host's lock).
#pragma once

#include <git2.h>

#include <filesystem>
#include <string>

#include "runtime/git/helper/handles.h"

namespace runtime::git {

class Mirror {
 public:
  // So many fetches make it slow.
  static constexpr size_t kMaxPacks = 100;

  // Opens the mirror in this existing directory; makes it when it is missing, unreadable, or has
  // more packs than that. Throws Error.
  explicit Mirror(std::filesystem::path directory, size_t max_packs = kMaxPacks);

  git_repository* repository() const { return repository_.get(); }
  std::filesystem::path packs() const { return directory_ / "objects" / "pack"; }

  // Made by this object, so that nothing in it can be a leftover.
  bool fresh() const { return fresh_; }

  // Throws everything away but what is remembered of commits (ancestry.h), which stays true.
  void Remake();

  void Remember(const std::string& remote_name, const git_oid& id);

 private:
  bool Open(size_t max_packs);

  std::filesystem::path directory_;
  RepositoryPtr repository_;
  bool fresh_ = false;
};

}  // namespace runtime::git
