#include "runtime/git/helper/tree_pairs.h"

namespace runtime::git {
namespace {

void Collect(const git_tree* tree, const git_tree_entry* EntryPair::*side,
             std::map<std::string_view, EntryPair>& entries) {
  const size_t count = tree == nullptr ? 0 : git_tree_entrycount(tree);
  for (size_t i = 0; i < count; ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
    entries[git_tree_entry_name(entry)].*side = entry;
  }
}

}  // namespace

std::map<std::string_view, EntryPair> PairEntries(const git_tree* before, const git_tree* after) {
  std::map<std::string_view, EntryPair> entries;
  Collect(before, &EntryPair::before, entries);
  Collect(after, &EntryPair::after, entries);
  return entries;
}

bool IsTree(const git_tree_entry* entry) {
  return entry != nullptr && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
}

bool IsSame(const EntryPair& pair) {
  return pair.before != nullptr && pair.after != nullptr &&
         git_tree_entry_filemode(pair.before) == git_tree_entry_filemode(pair.after) &&
         git_oid_equal(git_tree_entry_id(pair.before), git_tree_entry_id(pair.after)) != 0;
}

}  // namespace runtime::git
