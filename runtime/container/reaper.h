// Reaper: a small process that removes what containers leave, so that nobody waits for it, and that
// outlives ours by moments. When our process ends, however it ends, the kernel kills the containers
// (parent-death signal, PID namespaces) and drops their mounts and network namespaces; the reaper
// removes what has a name: cgroups and the containers' directories.
#pragma once

#include <sys/types.h>

#include <string>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/cgroup.h"

namespace runtime::container {

// Kills what is left in the cgroups of the container `id`, and removes them and its directory.
// Never throws: what can't be removed is a later sweep's.
void RemoveContainer(const base::StateDir& state, const CgroupHierarchy& cgroups,
                     const std::string& id, int patience_ms) noexcept;

// Thread-safe after Start().
class Reaper {
 public:
  // Forks: call it before any thread exists. The process shares our mount namespace, so that the
  // namespace's end is its to wait for. Throws Error.
  static Reaper Start(const base::StateDir& state, const CgroupHierarchy& cgroups);

  // From now until Remove(), the container goes when our process does. Nothing of it need exist.
  // Throws Error.
  void Watch(const std::string& id);
  // The container has ended: removes what is left of it, while we go on. False without a reaper
  // (somebody killed it).
  bool Remove(const std::string& id) noexcept;
  // Returns when everything is removed that was watched or is to be removed. The last call.
  void Finish() noexcept;

 private:
  Reaper(base::UniqueFd orders, pid_t process) : orders_(std::move(orders)), process_(process) {}
  bool Send(char verb, const std::string& id) noexcept;

  base::UniqueFd orders_;  // a packet for each order; its end of file is our death
  pid_t process_;
};

}  // namespace runtime::container
