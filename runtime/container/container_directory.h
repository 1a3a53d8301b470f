// ContainerDirectory: containers/ID, the writable parts of one container.
//
// Held by a lock as long as the object lives, so that a sweep can tell what a crash left behind
// from what is in use; known to the reaper, which removes it after the object's end: on a disk that
// takes its time, nobody waits.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"
#include "runtime/container/host.h"
#include "runtime/layer/snapshot.h"

namespace runtime::container {

class ContainerDirectory {
 public:
  // A new directory with a random id of 12 hex digits. Throws Error. `host` must outlive the
  // object.
  explicit ContainerDirectory(Host& host);
  ContainerDirectory(const ContainerDirectory&) = delete;
  ContainerDirectory& operator=(const ContainerDirectory&) = delete;
  ~ContainerDirectory();

  const std::string& id() const { return id_; }
  const std::filesystem::path& path() const { return path_; }

  // Gives a read-only stack a writable part of that name here ("rootfs", "workspace").
  layer::Snapshot Writable(layer::Snapshot stack, const std::string& name) const;

 private:
  Host& host_;
  std::string id_;
  std::filesystem::path path_;
  base::UniqueFd lock_;
};

// Removes what crashed processes left: container directories that nobody holds, their cgroups,
// half-made files, and the trash. Cheap when there is nothing. Never throws.
void SweepLeftovers(const base::StateDir& state, const CgroupHierarchy& cgroups) noexcept;

}  // namespace runtime::container
