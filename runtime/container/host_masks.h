// What of this host's sysfs a container must not see beyond what every host has (mount_plan.h).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace runtime::container {

// Relative to the root file system, as MountStep::target: the thermal event counters of each CPU,
// which tell of the load that others make. Most virtual machines have none, and are asked once.
// `root` is "/" but in tests. Never throws: what can't be listed isn't there.
std::vector<std::string> HostMasks(const std::filesystem::path& root = "/") noexcept;

}  // namespace runtime::container
