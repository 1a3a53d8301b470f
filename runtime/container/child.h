// The child of a container between clone(2) and the exec of init: an ordered list of steps.
//
// It shares the memory of its parent, which may have threads (forker.h), so nothing here allocates
// or takes a lock; everything is prepared in the LaunchPlan. The first failure is written to the
// report pipe and ends the child.
//
// Parent and child work side by side, since both have much to do: the child makes its namespaces
// while the parent makes the cgroup, then its own small files while the parent makes the mounts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/container/mount_plan.h"

namespace runtime::container {

// Descriptors are borrowed and at least 10, so that none is in the way of 0..4.
struct LaunchPlan {
  std::vector<MountStep> mounts;
  std::vector<int> made;  // room for one descriptor of each mount
  std::string stage;      // the host's stage directory
  std::string hosts;      // content of /etc/hosts
  std::string resolv_conf;
  std::string hostname;
  std::string cwd;
  bool make_cwd = false;
  bool read_only = false;
  bool own_network = true;
  bool terminal = false;
  bool drops_groups = true;  // false: setgroups(2) isn't ours to call (user_namespaces(7))
  const std::vector<SecretFile>* secrets = nullptr;
  uint32_t uid = 0;  // owner of the terminal and of the secrets
  uint32_t gid = 0;
  std::vector<ResourceLimit> resources;  // none above what the child has
  bool tells_network = false;            // whether the parent waits for the network namespace
  // To the parent. It sends the files to join the cgroup by when the id map is written, then the
  // mounts; a byte goes back for the network, then the terminal.
  int channel = -1;
  int parent_channel = -1;  // its other end, to be closed, or the parent's death would not end it
  int record = -1;
  int report = -1;
  int init = -1;
  int stdio[3] = {-1, -1, -1};
};

// The step that SetupError() explains when the host allows no more namespaces.
inline constexpr char kNamespacesStep[] = "make its namespaces";

// Writes to `plan.made`.
[[noreturn]] void RunChild(LaunchPlan& plan);

struct ChildMounts {
  int report = -1;
  int stage = -1;
  int root = -1;              // the attached root file system
  std::span<const int> sent;  // mounts of the parent; 0 is the root file system
  const std::vector<SecretFile>* secrets = nullptr;
  uint32_t uid = 0;
  uint32_t gid = 0;
  int master = -1;  // the terminal's two sides, when the plan has a console
  int slave = -1;
};

// Makes what the steps mount as far as that needs no root file system, and writes the descriptors
// to `made`, one for each step; only `report`, `stage`, `secrets` and owners are asked for. Fails
// by FailChild().
void PrepareMounts(const std::vector<MountStep>& steps, const ChildMounts& mounts,
                   std::span<int> made);

// Applies the mount plan below `root` with what PrepareMounts() made. Fails by FailChild().
void ApplyMounts(const std::vector<MountStep>& steps, std::span<const int> made,
                 ChildMounts& mounts);

// A detached new file system of that type with "key=value,key,..." (fsopen(2)), or -1 and errno.
int MakeFileSystem(const char* type, const char* options, uint64_t flags);

// Makes the directories of `path` beneath `root` that are missing and answers the last as an O_PATH
// descriptor, or -1 and errno.
int MakePathBeneath(int root, const char* path, bool follow);

// Becomes init with these as 0 to 4 and no other descriptor; `init` and they are at least 5, but
// for the first three. A failure is reported on the last.
[[noreturn]] void ExecuteInit(int init, const int (&descriptors)[5]);

// Reports errno and ends the child.
[[noreturn]] void FailChild(int report, const char* step, const char* target);

}  // namespace runtime::container
