// History: a commit and those before it as a `.git` directory of their own, for the programs of
// steps: `git log`, `git describe`, `git diff`.
//
// It has the tags that lead to one of them, a branch or else a detached HEAD, and an index that
// matches the checkout, so that `git status` has nothing to write. No remote, no hooks, nothing of
// the repository's own configuration. Of a history that ends at a depth it has the objects in one
// pack, made here; to a whole one belong the packs of the mirror, which nobody could make again for
// each commit: they are linked to by the host. But for those, the same commit and the same tags
// give the same files.
#pragma once

#include <git2.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/git/helper/id_set.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// What the commits are of.
struct HistoryTip {
  git_oid commit{};
  std::string branch = {};     // short name of what HEAD is on; empty: detached
  bool files_changed = false;  // the checkout has other files than the commit
};

struct Tag {
  std::string name;  // full reference name
  git_oid id{};      // what it names: the commit, or an annotated tag
  git_oid commit{};  // where that leads to
};

class History {
 public:
  // Walks back from the tip, `depth` commits far; for 0, to the first ones of a shallow repository,
  // and not at all in one that is whole. Throws Error: kInvalid for more commits than the limit of
  // objects, DamagedRepository for one that is missing though the repository isn't a shallow one.
  History(git_repository* repository, HistoryTip tip, uint32_t depth, const CheckoutLimits& limits);

  // All commits behind the tip belong to it, and nobody has walked over them.
  bool whole() const { return known_.empty(); }

  // The commits, when it isn't whole.
  const IdSet& commits() const { return known_; }

  // All must lead to one of them, and their objects be in the repository.
  void SetTags(std::vector<Tag> tags);

  // Hex; of all that decides what Write() writes.
  std::string Id() const;

  // Writes `.git` into the empty directory. Throws Error.
  void Write(const std::filesystem::path& out) const;

 private:
  void Walk(const CheckoutLimits& limits);
  void WritePack(const std::filesystem::path& directory) const;
  void InsertTree(git_packbuilder* pack, const git_oid& tree, IdSet& seen) const;
  void InsertTag(git_packbuilder* pack, const git_oid& id) const;
  void WriteIndex(const std::filesystem::path& file) const;
  std::string PackedRefs() const;

  git_repository* repository_;
  const HistoryTip tip_;
  const uint32_t depth_;
  std::vector<git_oid> commits_;  // the newest first, level by level
  IdSet known_;
  std::vector<git_oid> ends_;  // whose parents aren't among them
  std::vector<Tag> tags_;      // by name
};

}  // namespace runtime::git
