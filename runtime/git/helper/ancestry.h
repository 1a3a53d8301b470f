// Ancestry: which commits are among the ancestors of others, remembered from run to run, since a
// walk over 100,000 commits takes half a second.
//
// The memory is a file: of some tips, which of the commits that were asked for are ancestors and
// which aren't. That never changes. For a tip that stands on one of them, only what is new is
// walked.
#pragma once

#include <git2.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "runtime/git/helper/id_set.h"

namespace runtime::git {

class Ancestry {
 public:
  static constexpr char kFile[] = "ancestry";  // in the directory of a mirror
  static constexpr size_t kMaxTips = 4;        // those that were asked for last
  static constexpr size_t kMaxNew = 10'000;    // commits upon a known tip; more are a walk over all

  // The repository isn't shallow. Whoever wrote the file last is right, and what can't be read is
  // empty: it costs no more than a walk.
  Ancestry(git_repository* repository, std::filesystem::path file);

  // Those of `commits` that are the tip or one of its ancestors. Throws Error.
  IdSet Of(const git_oid& tip, const std::vector<git_oid>& commits);

  // How many commits Of() had to walk, in all.
  size_t walked() const { return walked_; }

 private:
  struct Known {
    git_oid tip{};
    IdSet ancestors;
    IdSet others;
  };
  void Read();
  void Remember(Known known);
  // Nothing when that doesn't tell.
  std::optional<IdSet> From(const Known& known, const git_oid& tip,
                            const std::vector<git_oid>& commits);
  // The tip and its ancestors, without those of `hidden`; nothing for more than `max`.
  std::optional<IdSet> Walk(const git_oid& tip, const git_oid* hidden, size_t max);
  bool IsParentOfOne(const git_oid& commit, const IdSet& commits) const;

  git_repository* repository_;
  const std::filesystem::path file_;
  std::vector<Known> known_;  // the last first
  size_t walked_ = 0;
};

}  // namespace runtime::git
