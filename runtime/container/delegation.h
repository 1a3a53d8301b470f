// Delegation: the part of the cgroup v2 tree that systemd, or whoever manages it, gave to an
// ordinary user (Documentation/admin-guide/cgroup-v2.rst, "Delegation").
#pragma once

#include <filesystem>
#include <optional>

namespace runtime::container {

// The cgroup that this process is in, below the v2 hierarchy at `mount`, when its processes may
// make cgroups there; of EnterLeaf()'s leaf the one above it. Never throws.
std::optional<std::filesystem::path> FindDelegatedCgroup(const std::filesystem::path& mount);

// Moves the processes of a delegated cgroup into a leaf below it: controllers are switched on for
// the children of a cgroup only while it has no processes of its own ("No Internal Process
// Constraint"). What can't be moved stays; a limit says so then.
void EnterLeaf(const std::filesystem::path& delegated) noexcept;

}  // namespace runtime::container
