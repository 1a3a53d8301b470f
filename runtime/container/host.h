// Host: what one runner process shares between its containers: a mount namespace of its own, the
// sealed init, the reaper, and where the cgroups are.
//
// Nothing here has a name outside of the process but the reaper: the mounts are in a private mount
// namespace and go with the process.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/cgroup.h"
#include "runtime/container/forker.h"
#include "runtime/container/host_masks.h"
#include "runtime/container/id_map.h"
#include "runtime/container/mount_points.h"
#include "runtime/container/reaper.h"

namespace runtime::container {

// Open() must be called before the process has threads; the rest is thread-safe.
class Host {
 public:
  // Whether the destructor waits until what the containers left is removed.
  enum class Removal { kAwaited, kInBackground };

  struct Options {
    Removal removal = Removal::kAwaited;
    Forker::Way children = Forker::Way::kShared;
  };

  // For root, of the host or of a user namespace (base/rootless.h). Throws Error.
  static std::unique_ptr<Host> Open(const base::StateDir& state, const Options& options);
  static std::unique_ptr<Host> Open(const base::StateDir& state);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  const base::StateDir& state() const { return state_; }
  const IdMap& ids() const { return ids_; }
  const CgroupHierarchy& cgroups() const { return cgroups_; }
  Reaper& reaper() { return reaper_; }

  // The directory, a tmpfs of this process, that holds the shifted state directory. A child mounts
  // a tmpfs of its own over it, in its copy of the mount namespace, for its files and its root.
  std::filesystem::path stage() const { return state_.mounts(); }

  // The state directory through an idmapped mount, made at first use; as it is where ids aren't
  // shifted. `user_namespace` is that of a container: it serves for root as the owner. Throws
  // Error.
  std::filesystem::path ShiftedState(const FileOwner& owner, int user_namespace);

  // MountPoints() of the state directory.
  const std::filesystem::path& mount_points() const { return mount_points_; }

  Forker& forker() { return forker_; }

  // runner-init as a sealed memory file (memfd_create(2)).
  int init() const { return init_.get(); }

  // HostMasks() of this host.
  const std::vector<std::string>& masks() const { return masks_; }

 private:
  Host(const base::StateDir& state, const CgroupHierarchy& cgroups, Reaper reaper,
       const Options& options);

  base::StateDir state_;
  IdMap ids_ = IdMap::OfThisProcess();
  CgroupHierarchy cgroups_;
  Reaper reaper_;
  Removal removal_;
  Forker forker_;
  base::UniqueFd init_;
  std::filesystem::path mount_points_ = MountPoints(state_);
  std::vector<std::string> masks_ = HostMasks();
  std::mutex mutex_;
  std::set<FileOwner> shifted_;  // those that are attached below the stage
};

}  // namespace runtime::container
