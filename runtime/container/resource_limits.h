// Resource limits of processes (setrlimit(2)): their names, and which a container gets.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/container/container_spec.h"

namespace runtime::container {

// "nofile" for RLIMIT_NOFILE, as docker and limits.conf(5) have it; "" for an unknown one.
const char* ResourceName(int resource);
std::optional<int> ResourceByName(std::string_view name);

// What is asked for, and for what isn't: 65,536 open files, as far as this process may have so
// many, and no core files, nor any for a program of the host, unless this process may have no byte
// of one itself (then 0, with which such a program gets them). Where no quota holds the limit of
// disk, no file grows beyond it either, unless that would be a volume's.
std::vector<ResourceLimit> ResourcesFor(const ContainerSpec& spec, bool quotas = false);

// Raises the hard limits of the process, which is in a user namespace of its own and can't, to
// those that are above ours. Throws Error (kPermission) when we can't either.
void RaiseResources(pid_t process, const std::vector<ResourceLimit>& resources);

// The process finds and runs on so many processors, of those that this one may use: nproc(1) says
// that number. 0, or more than there are: on all of them.
void SetCores(pid_t process, unsigned cores);

// So that the kernel takes the process before ours when the host is out of memory: nobody inside
// takes it back when we have CAP_SYS_RESOURCE (proc_pid_oom_score_adj(5)). Throws Error
// (kPermission) when a score that was asked for is refused.
void SetOomScore(pid_t process, const Limits& limits);

}  // namespace runtime::container
