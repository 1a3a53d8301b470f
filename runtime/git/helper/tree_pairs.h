// Two trees side by side, name by name.
#pragma once

#include <git2.h>

#include <map>
#include <string_view>

namespace runtime::git {

// Either may be null.
struct EntryPair {
  const git_tree_entry* before = nullptr;
  const git_tree_entry* after = nullptr;
};

// By name; valid as long as both trees. Either may be null.
std::map<std::string_view, EntryPair> PairEntries(const git_tree* before, const git_tree* after);

bool IsTree(const git_tree_entry* entry);  // null isn't

// One thing on both sides: nothing in it has to be looked at.
bool IsSame(const EntryPair& pair);

}  // namespace runtime::git
