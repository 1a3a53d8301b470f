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

struct Changes {
  std::vector<Change> list;  // sorted by path
  // Of the quiet paths (FindChanges) those that are in the writable part without saying anything:
  // no more of the layers below would show, nor less, if they weren't.
  std::set<std::string> silent;
};

// A file that was written to counts as changed, whatever it says now; a directory
// does when its owner, mode or time is another, or when something in it is listed. What is below
// a deleted or replaced directory isn't listed.
//
// `quiet` are paths without a leading slash, such as the mount points of a container: an empty
// file there that was added or took the place of a link isn't listed, nor is a directory that was
// added or got another time for itself.
//
// Reads the writable part as it is on disk, without following a link. Throws Error.
Changes FindChanges(const Snapshot& snapshot, const std::set<std::string>& quiet = {},
                    const TreeLimits& limits = {});

}  // namespace runtime::layer
