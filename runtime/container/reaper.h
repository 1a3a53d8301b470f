// Reaper: a small process that outlives ours by moments. When our process ends, however it ends,
// the kernel kills the containers (parent-death signal, PID namespaces) and drops their mounts and
// network namespaces; the reaper removes what has a name: cgroups and the containers' directories.
#pragma once

#include <filesystem>

#include "runtime/base/fd.h"

namespace runtime::container {

// Thread-safe after Start().
class Reaper {
 public:
  // Forks: call it before any thread exists. Throws Error.
  static Reaper Start();

  enum class Kind : char { kCgroup = 'c', kDirectory = 'd' };
  // From now until Forget(), this goes when our process does. It need not exist (yet).
  void Watch(Kind kind, const std::filesystem::path& path);
  // Without a reaper (somebody killed it) there is nothing to forget.
  void Forget(Kind kind, const std::filesystem::path& path) noexcept;

 private:
  explicit Reaper(base::UniqueFd orders) : orders_(std::move(orders)) {}
  bool Send(char verb, Kind kind, const std::filesystem::path& path);

  base::UniqueFd orders_;  // a packet per path; its end of file is our death
};

}  // namespace runtime::container
