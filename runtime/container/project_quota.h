// ProjectQuota: a limit that the file system itself holds, for all files below one directory, by
// the project id that they inherit from it. ext4 and xfs have it when they are mounted with
// prjquota (quotactl_fd(2), ioctl_xfs_fsgetxattr(2)).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::container {

// Whether the file system that has the directory enforces such quotas, for us too.
bool HasProjectQuotas(const std::filesystem::path& directory);

class ProjectQuota {
 public:
  // One limit for what is in these directories and what will be. A directory that had one before
  // keeps its project, and the others join it. Throws Error.
  static ProjectQuota Set(const std::vector<std::filesystem::path>& directories, uint64_t bytes);

  // What is occupied now; 0 when unknown.
  uint64_t Used() const;
  // Whether nothing more fits: in bytes, or in files of kLeastFileBytes (disk_usage.h) each.
  bool Full() const;

 private:
  ProjectQuota(base::UniqueFd directory, uint32_t project, uint64_t bytes)
      : directory_(std::move(directory)), project_(project), bytes_(bytes) {}

  base::UniqueFd directory_;
  uint32_t project_;
  uint64_t bytes_;
};

// Forgets the limit of a directory that Set() had, before it is removed. Never fails: nothing is
// done where there is none.
void ForgetProjectQuota(const std::filesystem::path& directory) noexcept;

}  // namespace runtime::container
