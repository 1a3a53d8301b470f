#include "runtime/git/helper/changed_paths.h"

#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/tree_pairs.h"

namespace runtime::git {
namespace {

TreePtr TreeOf(git_repository* repository, const git_oid& commit_id) {
  CommitPtr commit;
  Check(Take(commit, [&](auto** out) { return git_commit_lookup(out, repository, &commit_id); }),
        "read commit " + ToText(commit_id));
  TreePtr tree;
  Check(Take(tree, [&](auto** out) { return git_commit_tree(out, commit.get()); }),
        "read the tree of commit " + ToText(commit_id));
  return tree;
}

// Compares two trees from the top down; what has the same id on both sides is never looked into.
class TreeDiff {
 public:
  TreeDiff(git_repository* repository, const ChangeLimits& limits)
      : repository_(repository), limits_(limits) {}

  // Either may be null: then all of the other is a change. False over a limit.
  bool Compare(const git_tree* before, const git_tree* after, const std::string& prefix,
               size_t depth) {
    if (depth > limits_.depth) {
      return false;
    }
    for (const auto& [name, pair] : PairEntries(before, after)) {
      if (!CompareEntry(pair, prefix + std::string(name), depth)) {
        return false;
      }
    }
    return true;
  }

  std::vector<std::string> TakePaths() { return std::move(paths_); }

 private:
  bool CompareEntry(const EntryPair& pair, const std::string& path, size_t depth) {
    if (IsSame(pair)) {
      return true;
    }
    const bool was_tree = IsTree(pair.before);
    const bool is_tree = IsTree(pair.after);
    const bool has_file =
        (pair.before != nullptr && !was_tree) || (pair.after != nullptr && !is_tree);
    if (has_file && !Add(path)) {
      return false;
    }
    if (!was_tree && !is_tree) {
      return true;
    }
    TreePtr before;
    TreePtr after;
    return (!was_tree || Read(pair.before, path, before)) &&
           (!is_tree || Read(pair.after, path, after)) &&
           Compare(before.get(), after.get(), path + "/", depth + 1);
  }

  bool Read(const git_tree_entry* entry, const std::string& path, TreePtr& tree) {
    if (++trees_ > limits_.trees) {
      return false;
    }
    Check(Take(tree,
               [&](auto** out) {
                 return git_tree_lookup(out, repository_, git_tree_entry_id(entry));
               }),
          "read the directory " + path);
    return true;
  }

  bool Add(const std::string& path) {
    bytes_ += path.size();
    if (paths_.size() >= limits_.paths || bytes_ > limits_.bytes) {
      return false;
    }
    paths_.push_back(path);
    return true;
  }

  git_repository* repository_;
  const ChangeLimits& limits_;
  std::vector<std::string> paths_;
  size_t bytes_ = 0;
  size_t trees_ = 0;
};

}  // namespace

std::optional<std::vector<std::string>> ChangedPaths(git_repository* repository,
                                                     const git_oid& before, const git_oid& after,
                                                     const ChangeLimits& limits) {
  const TreePtr old_tree = TreeOf(repository, before);
  const TreePtr new_tree = TreeOf(repository, after);
  TreeDiff diff(repository, limits);
  if (!diff.Compare(old_tree.get(), new_tree.get(), "", 0)) {
    return std::nullopt;
  }
  return diff.TakePaths();
}

std::optional<git_oid> MergeBase(git_repository* repository, const git_oid& one,
                                 const git_oid& other) {
  git_oid base;
  const int code = git_merge_base(&base, repository, &one, &other);
  if (code == GIT_ENOTFOUND) {
    return std::nullopt;
  }
  Check(code, "find where " + ToText(one) + " and " + ToText(other) + " left each other");
  return base;
}

}  // namespace runtime::git
