// The child of a container between clone3(2) and the exec of init: an ordered list of steps.
//
// The caller may have threads, so nothing here allocates or takes a lock; everything is prepared in
// the LaunchPlan. The first failure is written to the report pipe and ends the child.
#pragma once

#include <string>
#include <vector>

#include "runtime/container/mount_plan.h"

namespace runtime::container {

// Descriptors are borrowed and at least 10, so that none is in the way of 0..4.
struct LaunchPlan {
  std::vector<MountStep> mounts;
  std::string stage;  // the host's stage directory
  std::string hosts;  // content of /etc/hosts
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
  std::vector<int> join_files;           // of cgroups
  int channel = -1;                      // to the parent: mounts come, the terminal goes
  int record = -1;
  int report = -1;
  int init = -1;
  int stdio[3] = {-1, -1, -1};
};

// Most mounts that the parent may send (SCM_MAX_FD is 253).
inline constexpr size_t kMaxSentMounts = 128;

[[noreturn]] void RunChild(const LaunchPlan& plan);

// Applies the mount plan below `root`, the attached root file system. Writes the terminal's two
// sides to `master` and `slave` when the plan has a console. Fails by FailChild().
struct ChildMounts {
  int report = -1;
  int root = -1;
  int stage = -1;
  const int* sent = nullptr;  // mounts of the parent; 0 is the root file system
  size_t sent_count = 0;
  const std::vector<SecretFile>* secrets = nullptr;
  uint32_t uid = 0;
  uint32_t gid = 0;
  int master = -1;
  int slave = -1;
};
void ApplyMounts(const std::vector<MountStep>& steps, ChildMounts& mounts);

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
