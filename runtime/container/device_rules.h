// DeviceRules: which device nodes the processes of containers may use, said to the kernel's device
// control of cgroups. A second wall: a container can't make a node (user namespace) and finds none
// but its own (nodev everywhere else).
//
// The rules are the same for all containers, so one cgroup has them: "runner". On v1 a container
// joins it in the hierarchy "devices"; on v2 it is above each container's own
// (Documentation/admin-guide/cgroup-v1/devices.rst, cgroup-v2.rst "Device controller").
#pragma once

#include <filesystem>

#include "runtime/base/fd.h"

namespace runtime::container {

// null, zero, full, random, urandom, tty, ptmx and the terminals of devpts.
struct DeviceNode {
  unsigned major;
  unsigned minor;
};
inline constexpr unsigned kAnyMinor = ~0U;
inline constexpr DeviceNode kAllowedDevices[] = {{1, 3}, {1, 5}, {1, 7}, {1, 8},
                                                 {1, 9}, {5, 0}, {5, 2}, {136, kAnyMinor}};

// v1: the file that a process writes "0" to, so that the rules hold for it. The cgroup is made at
// first use. Nothing when this host has no such hierarchy for us.
base::UniqueFd OpenDeviceRules(const std::filesystem::path& hierarchy);

// v2: gives the cgroup `directory` the rules, unless it has some. False when this host doesn't let
// us (bpf(2)).
bool AttachDeviceRules(const std::filesystem::path& directory);

}  // namespace runtime::container
