// DirectoryCache: open directories of a layer that is being written, by path.
//
// Saves resolving the same parent for every file, and gives each directory the modification time
// back that adding entries to it changes. Bounded; one thread.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "runtime/base/fd.h"

namespace runtime::layer {

class DirectoryCache {
 public:
  struct Directory {
    base::UniqueFd fd;
    // Attributes of now, but the modification time, which is the one to give back.
    struct stat st = {};
    bool changed = false;
  };
  using Handle = std::shared_ptr<Directory>;

  // `root` stays the caller's.
  explicit DirectoryCache(int root) : root_(root) {}

  // The directory `path`, to add or remove an entry. Links in it mean what they mean with the
  // layer as "/" (openat2(2), RESOLVE_IN_ROOT). What is missing is made (mode 0755); a whiteout in
  // the way becomes an opaque directory. Throws Error (kInvalid) when another thing is in the way.
  Handle ToChange(const std::string& path);

  // Takes note of a directory whose attributes were set through `fd` just now.
  void Insert(const std::string& path, base::UniqueFd fd);

  // Forgets all, giving times back. Needed after a directory or a link went away. Handles that
  // callers hold are stale.
  void Clear();

 private:
  Handle Open(const std::string& path);
  base::UniqueFd Make(const std::string& parent, const std::string& name);
  Handle Add(const std::string& path, base::UniqueFd fd);

  int root_;
  std::unordered_map<std::string, Handle> directories_;
};

}  // namespace runtime::layer
