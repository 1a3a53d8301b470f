// WorkingTree: the files of a working tree as they are now, as a tree object would name them.
//
// Taken along: tracked files as they are on disk (not as they are staged), and untracked ones.
// Left out: what .gitignore files and info/exclude name unless it is tracked, .git, deleted files,
// empty directories, sockets, pipes and devices. A submodule is an empty directory; another
// repository inside is left out. Nothing is written, neither beside the files nor in .git.
#pragma once

#include <git2.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/git/helper/ignore_rules.h"
#include "runtime/git/helper/output_tree.h"
#include "runtime/git/helper/tracked_files.h"

namespace runtime::git {

class WorkingTree {
 public:
  using Note = std::function<void(std::string_view line)>;

  // Reads the tree. `repository` is the one of `directory`, borrowed; it is given that directory
  // as its working tree. `note` hears what was left out unexpectedly. Throws Error.
  WorkingTree(git_repository* repository, const std::filesystem::path& directory,
              const CheckoutLimits& limits, const Note& note);

  const git_oid& id() const { return root_.id; }

  // Their commits are those of the index; no addresses. Throws Error (kInvalid) for too many.
  std::vector<Submodule> Submodules() const;

  // Throws Error (kUnavailable) when a file isn't any more what it was.
  void Write(OutputTree& output) const;

 private:
  struct Node {
    std::string name;
    git_filemode_t mode = GIT_FILEMODE_TREE;
    git_oid id{};
    bool stored = false;  // its content is in the object database
    std::vector<Node> children;
  };

  // `ignored`: a directory above is, so that only tracked files count.
  struct Place {
    int fd;
    const std::string& prefix;  // "" or "dir/"
    uint32_t depth;
    bool ignored;
  };
  void ReadDirectory(const Place& place, Node& node);
  void ReadEntry(const Place& place, const std::string& name, Node& node);
  void ReadSubdirectory(const Place& place, const std::string& name, Node& node);
  void WriteChildren(git_odb* odb, int fd, const Node& node, OutputTree& output) const;
  static void AddSubmodules(const Node& node, const std::string& prefix,
                            std::vector<Submodule>& found);
  static git_oid TreeId(const std::vector<Node>& children);

  git_repository* repository_;
  CheckoutLimits limits_;
  Note note_;
  TrackedFiles tracked_;
  IgnoreRules rules_;
  base::UniqueFd directory_;
  uint64_t entries_ = 0;
  Node root_;
};

}  // namespace runtime::git
