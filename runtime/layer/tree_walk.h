// TreeWalk: every entry below a directory, in one order whatever the file system.
//
// A directory comes before what is in it; entries of one directory in the order of their names'
// bytes. Links are never followed, also when the tree changes meanwhile. Few descriptors are in use
// whatever the depth. One thread.
//
// Of a stack of directories it gives the merged entries, as overlayfs shows them: the uppermost of
// each name, and nothing that a whiteout hides.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
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

// The directories of a stack, open to be read.
class OpenedStack {
 public:
  // Lowest first, at least one. Throws Error.
  explicit OpenedStack(const std::vector<std::filesystem::path>& stack);
  const std::vector<int>& descriptors() const { return descriptors_; }
  int top() const { return descriptors_.back(); }

 private:
  std::vector<base::UniqueFd> owned_;
  std::vector<int> descriptors_;
};

class TreeWalk {
 public:
  struct Entry {
    std::string path;  // from the start on, without a leading slash
    std::string name;
    int parent =
        -1;  // the open directory that has it, until the next call; of a stack, the uppermost
    struct stat st = {};
    bool is_directory() const { return S_ISDIR(st.st_mode); }
  };

  // Walks what is below `directory`, which stays the caller's. Throws Error.
  explicit TreeWalk(int directory, const TreeLimits& limits = {})
      : TreeWalk(std::vector<int>{directory}, limits) {}
  // The same of a stack, lowest first, at least one. One alone is walked as it is on disk, with its
  // whiteouts.
  explicit TreeWalk(std::vector<int> stack, const TreeLimits& limits = {});

  // False at the end. Throws Error, kInvalid over a limit. Entries that vanish are left out.
  bool Next(Entry& entry);

  // Leaves out what is below the directory that Next() gave last.
  void SkipContent() { descend_ = false; }

 private:
  // A directory of one part of the stack.
  struct Part {
    size_t root;  // in roots_
    base::UniqueFd fd;
  };
  struct Name {
    std::string text;
    size_t part;  // the uppermost that has it
  };
  struct Level {
    std::string path;         // "" for the start, else with a slash at its end
    std::vector<Part> parts;  // uppermost first
    std::vector<Name> names;
    size_t next = 0;
  };
  // Opens what the parts of `level` from `first` on have of that name, down to what hides the rest.
  std::vector<Part> OpenParts(Level& level, size_t first, const std::string& name);
  void ReadNames(Level& level);
  void Enter();
  int Descriptor(const Level& level, Part& part);

  std::vector<int> roots_;
  TreeLimits limits_;
  uint64_t entries_ = 0;
  std::vector<Level> levels_;
  std::string last_;      // the directory that Next() gave last, its name
  size_t last_part_ = 0;  // and the part that has it
  bool descend_ = false;
};

}  // namespace runtime::layer
