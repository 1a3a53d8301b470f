// Cgroup: one control group of a container, on cgroup v2, v1 and hybrid hosts alike
// (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/container/container_spec.h"

namespace runtime::container {

// Where this host has which controller. On a hybrid host the controllers are on v1.
class CgroupHierarchy {
 public:
  enum class Version { kNone, kV1, kV2 };

  // Looks at /sys/fs/cgroup; a few statfs(2). An ordinary user has what was delegated to it
  // (delegation.h). Never throws: kNone when nothing is usable.
  static CgroupHierarchy Detect(const std::filesystem::path& mount = "/sys/fs/cgroup");

  // What all containers share: on v2 the cgroup above theirs, with the rules for devices
  // (device_rules.h). Nothing that can't be done is an error: Cgroup::Create() tries again.
  void Prepare() const;

  Version version() const { return version_; }
  // The directory of one controller's hierarchy ("memory"), or nothing.
  std::optional<std::filesystem::path> Controller(const std::string& name) const;

 private:
  Version version_ = Version::kNone;
  std::filesystem::path mount_;  // of v2: where our tree begins
  bool delegated_ = false;
};

class Cgroup {
 public:
  // Makes "runner/ID" in each hierarchy that is needed and sets the limits. Throws Error when a
  // limit that was asked for can't be set on this host. Without any cgroup and without limits:
  // an object that does nothing.
  static Cgroup Create(const CgroupHierarchy& hierarchy, const std::string& id,
                       const Limits& limits);

  // The directories that Create() would make, for the reaper to know before they exist.
  static std::vector<std::filesystem::path> Directories(const CgroupHierarchy& hierarchy,
                                                        const std::string& id,
                                                        const Limits& limits);

  Cgroup(Cgroup&&) noexcept = default;
  Cgroup& operator=(Cgroup&&) noexcept;
  ~Cgroup();  // Kills what is inside and removes it.

  // A single-threaded child writes "0" to each of these to join. On v1 that is the "tasks" file,
  // since a thread that moves itself needs no global lock of the kernel.
  const std::vector<base::UniqueFd>& join_files() const { return join_files_; }

  // How often a new process was refused.
  uint64_t RefusedProcesses() const;
  uint64_t PeakMemory() const;     // bytes; 0 when unknown
  uint64_t PeakProcesses() const;  // without init; 0 when unknown
  struct CpuTime {
    std::chrono::microseconds user{0};
    std::chrono::microseconds system{0};
  };
  std::optional<CpuTime> UsedCpu() const;  // v2 only
  bool HadOutOfMemoryKill() const;
  uint64_t memory_limit() const { return memory_limit_; }

  // v1: thaws the members, in whichever cgroup they are frozen, so that they can die. On v2 the
  // kernel sees to that itself.
  void Thaw() const noexcept;

  // Returns when nothing is inside; kills what is. Then removes the directories. May be called
  // twice. Throws Error when it is still populated after `patience_ms`.
  void Destroy(int patience_ms = 5000);

 private:
  Cgroup() = default;
  void Abandon() noexcept;

  std::vector<std::filesystem::path> directories_;
  std::vector<base::UniqueFd> join_files_;
  std::filesystem::path memory_;  // directory with the memory controller, or empty
  bool v2_ = false;
  uint64_t memory_limit_ = 0;
};

// Kills everything in these directories and removes them; true when none is left. Allocates nothing
// but what `directories` holds, so that the reaper can use it. Waits at most `patience_ms`.
bool DestroyCgroups(const std::vector<std::filesystem::path>& directories,
                    int patience_ms) noexcept;

}  // namespace runtime::container
