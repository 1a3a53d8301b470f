// LiveCgroup: the cgroups of a container that runs, as its monitor and other commands see them:
// to hold it still, and to see what it uses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/container/cgroup.h"

namespace runtime::container {

// What the container uses now; nothing where the host doesn't count it.
struct LiveUsage {
  std::optional<uint64_t> memory_bytes;        // without what the kernel would give back at once
  std::optional<uint64_t> memory_limit_bytes;  // as the host has memory, where there is no limit
  std::optional<uint64_t> processes;           // and threads
  std::optional<uint64_t> cpu_microseconds;
};

class LiveCgroup {
 public:
  LiveCgroup(const CgroupHierarchy& hierarchy, const std::string& id)
      : hierarchy_(hierarchy), id_(id) {}

  // Returns when every process of the container stands still; those it makes meanwhile too. Throws
  // Error: kUnsupported where the host can't do it.
  void Freeze() const;
  // Lets it go on; fine when it does.
  void Thaw() const noexcept;
  // Thaws, and removes what Freeze() made beside the container's own cgroups. What is inside must
  // be dead, or is killed.
  void Forget(int patience_ms) const noexcept;

  LiveUsage Usage() const;

 private:
  std::optional<std::filesystem::path> Find(const char* controller) const;
  void FreezeV1() const;
  void FreezeV2() const;

  const CgroupHierarchy& hierarchy_;
  std::string id_;
};

}  // namespace runtime::container
