// LfsStore: the objects of one repository's Git LFS that were fetched, by their SHA-256.
//
//   DIRECTORY/ab/OID      a file as every other of a checkout: mode 0644, its fixed time
//   DIRECTORY/ab/OID.x    the same with mode 0755, once a tree has it executable
//
// Nobody writes to one that is there: the layers of checkouts have hard links to them, so that a
// large file is on disk once however many trees have it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/git/protocol.h"

namespace runtime::git {

// One writer at a time (the host's lock). All throw Error.
class LfsStore {
 public:
  explicit LfsStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  bool Has(const LfsObject& object) const;

  // Takes those files of `from` that are named by the oid of one of `objects` and have its size.
  // They are on disk when this returns. Anything else than a plain file is refused (kInvalid).
  void Take(const std::filesystem::path& from, const std::vector<LfsObject>& objects) const;

  // Makes `path`, in an existing directory of the same file system, a file with this content.
  void Place(const LfsObject& object, bool executable, const std::filesystem::path& path) const;

 private:
  std::filesystem::path PathOf(const LfsObject& object) const;

  const std::filesystem::path directory_;
};

}  // namespace runtime::git
