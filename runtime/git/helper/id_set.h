// Sets of object ids.
#pragma once

#include <git2.h>

#include <functional>
#include <string_view>
#include <unordered_set>

namespace runtime::git {

struct IdHash {
  size_t operator()(const git_oid& id) const {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(id.id), GIT_OID_RAWSZ});
  }
};
struct IdEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};
using IdSet = std::unordered_set<git_oid, IdHash, IdEqual>;

}  // namespace runtime::git
