// FindChanges: what a container's writable part says differently from the layers below it, as
// `docker diff` lists it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/layer/snapshot.h"
#include "runtime/layer/tree_walk.h"

namespace runtime::layer {

struct Change {
  enum class Kind { kAdded, kChanged, kDeleted };
  Kind kind = Kind::kAdded;
  std::string path;  // "/etc/passwd"
  bool operator==(const Change&) const = default;
};

// Sorted by path. A file that was written to counts as changed, whatever it says now; a directory
// does when its owner, mode or time is another, or when something in it is listed. What is below
// a deleted or replaced directory isn't listed.
//
// `quiet` are paths without a leading slash, such as the mount points of a container: an empty
// file or a directory there that was added or got another time isn't listed for itself.
//
// Reads the writable part as it is on disk, without following a link. Throws Error.
std::vector<Change> FindChanges(const Snapshot& snapshot, const std::set<std::string>& quiet = {},
                                const TreeLimits& limits = {});

}  // namespace runtime::layer
