// The process that joins a container, between its clone and the exec of init: an ordered list of
// steps, as in child.h. Nothing here allocates or takes a lock.
#pragma once

#include <sys/resource.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace runtime::container {

// Descriptors are borrowed and at least 10.
struct JoinPlan {
  int container = -1;  // pidfd of PID 1
  int namespaces = 0;  // CLONE_NEW*
  bool drops_groups = true;
  std::array<rlimit, RLIM_NLIMITS> limits = {};
  std::string oom_score;        // proc_pid_oom_score_adj(5)
  std::vector<int> join_files;  // of cgroups
  int channel = -1;             // to the caller: the supervisor's pidfd goes
  int init = -1;
  int record = -1;
  int report = -1;
  int stdio[3] = {-1, -1, -1};
  int terminal = -1;  // where the terminal's master side goes; -1: stdio is used
  uint32_t uid = 0;   // owner of the terminal
  uint32_t gid = 0;
};

[[noreturn]] void RunJoiningChild(const JoinPlan& plan);

}  // namespace runtime::container
