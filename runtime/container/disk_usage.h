// DiskUsage: what the files of a container occupy on the host's disk, counted by looking at them.
// For hosts whose file system keeps no account by itself (project_quota.h).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace runtime::container {

// A file counts as at least this much, so that a flood of empty files is one of bytes too.
inline constexpr uint64_t kLeastFileBytes = 4096;

// Everything below the directory, hard links once for each name. Stops above `enough`. Nothing when
// it changed too much meanwhile to be counted. Follows no link; its memory and descriptors don't
// grow with the tree's depth, nor with the number of files.
std::optional<uint64_t> BytesBelow(const std::filesystem::path& directory, uint64_t enough);

// Files without a name any more that processes of the container hold open, as /proc tells: `init`,
// its PID 1, and all below it. Those on overlays only: other file systems of a container are in
// memory.
uint64_t BytesOfDeletedFiles(pid_t init);

}  // namespace runtime::container
