// Snapshot: one stack of layers that can be mounted (overlayfs, Documentation/filesystems/
// overlayfs.rst), as paths. A value: making one touches nothing.
#pragma once

#include <filesystem>
#include <vector>

namespace runtime::layer {

struct Snapshot {
  std::vector<std::filesystem::path> lower;  // lowest layer first, at least one
  // The writable part: two directories of one file system, both empty or absent before first use.
  // Empty paths: the stack is mounted read-only.
  std::filesystem::path upper;
  std::filesystem::path work;
  // What is written reaches the disk as programs ask for it, and the writable part may be mounted
  // again. Else it is for one life, and nothing waits for a disk.
  bool durable = false;
};

}  // namespace runtime::layer
