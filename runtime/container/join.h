// Join: one more program in a container that runs ("exec"), on its way through every wall that its
// own program is behind: namespaces, cgroups, limits, capabilities, no-new-privileges, seccomp.
//
// The program gets a supervisor of its own, our init from its sealed file, which tells how it ended
// (init/record.h). The supervisor is a child of the container's PID 1, so that nothing of it is
// left to be waited for from outside when the container ends.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "runtime/base/fd.h"

namespace runtime::container {

// Descriptors of the caller, used until Container::Join() returns.
struct JoinRequest {
  int record = -1;  // MakeInitRecord() for InitRole::kJoined
  int report = -1;  // a pipe's write end, for InitReport packets
  int stdio[3] = {-1, -1, -1};
  // In place of stdio: a socket that the master side of a new terminal is sent to (pass_fd.h).
  int terminal = -1;
  uint32_t uid = 0;  // owner of the terminal
  uint32_t gid = 0;
};

// A process of ours on its way into the container.
struct Joining {
  base::UniqueFd process;  // pidfd of a child of ours, to be waited for
  // Brings the supervisor's pidfd (pass_fd.h); its end without that means that it failed: the
  // report says why.
  base::UniqueFd channel;
};

struct JoinTarget {
  int pidfd = -1;  // of the container's PID 1
  pid_t pid = -1;
  int init = -1;                                         // Host::init()
  const std::vector<base::UniqueFd>* cgroups = nullptr;  // Cgroup::join_files()
  bool drops_groups = true;                              // LaunchPlan::drops_groups
};

// For Container::Join(). Throws Error.
Joining Join(const JoinTarget& target, const JoinRequest& request);

}  // namespace runtime::container
