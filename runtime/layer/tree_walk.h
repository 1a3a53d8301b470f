// TreeWalk: every entry below a directory, in one order whatever the file system.
//
// A directory comes before what is in it; entries of one directory in the order of their names'
// bytes. Links are never followed, also when the tree changes meanwhile. Few descriptors are in use
// whatever the depth. One thread.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::layer {

struct TreeLimits {
  uint64_t max_entries = 4'000'000;
  size_t max_path = 4095;
};

// The names in a directory, sorted, without "." and "..". Throws Error (kInvalid) for more than
// `max`.
std::vector<std::string> SortedNames(int directory, uint64_t max);

// Opens a regular file that a stranger may have swapped for something else meanwhile: follows no
// link, blocks on no FIFO. Throws Error.
base::UniqueFd OpenRegularFile(int parent, const std::string& name);

// The target of a symbolic link (readlinkat(2)). Throws Error.
std::string ReadLinkAt(int parent, const std::string& name);

class TreeWalk {
 public:
  struct Entry {
    std::string path;  // from the start on, without a leading slash
    std::string name;
    int parent = -1;  // the open directory that has it, until the next call
    struct stat st = {};
    bool is_directory() const { return S_ISDIR(st.st_mode); }
  };

  // Walks what is below `directory`, which stays the caller's. Throws Error.
  explicit TreeWalk(int directory, const TreeLimits& limits = {});

  // False at the end. Throws Error, kInvalid over a limit. Entries that vanish are left out.
  bool Next(Entry& entry);

  // Leaves out what is below the directory that Next() gave last.
  void SkipContent() { descend_ = false; }

 private:
  struct Level {
    std::string path;  // "" for the start, else with a slash at its end
    base::UniqueFd fd;
    std::vector<std::string> names;
    size_t next = 0;
  };
  void Enter(const Entry& entry);
  int Descriptor(Level& level);

  int root_;
  TreeLimits limits_;
  uint64_t entries_ = 0;
  std::vector<Level> levels_;
  Entry last_;
  bool descend_ = false;
};

}  // namespace runtime::layer
