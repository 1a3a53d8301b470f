// Inventory: what this host holds because of us, as numbers that must come back to where they were.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace tests {

struct Inventory {
  size_t processes = 0;     // of the host: ours, and those in containers
  size_t namespaces = 0;    // network, mount and PID namespaces that a process of the host is in
  size_t mounts = 0;        // in this process's mount namespace
  size_t cgroups = 0;       // of containers, in all hierarchies
  size_t descriptors = 0;   // of this process
  size_t resident_kib = 0;  // of this process
  size_t files = 0;         // below the state directory

  bool operator==(const Inventory&) const = default;
};

Inventory TakeInventory(const std::filesystem::path& state);

// One line.
std::string Describe(const Inventory& inventory);

// Every number but `resident_kib` is what it was, or smaller; resident memory at most
// `more_resident_kib` more.
bool HasNotGrown(const Inventory& before, const Inventory& after, size_t more_resident_kib);

// Of all threads of the process (proc_pid_task_tid_children(5)).
std::vector<pid_t> ChildrenOf(pid_t pid);

// A value in KiB of a file such as /proc/PID/status or smaps_rollup; 0 when it isn't there.
size_t KibOf(const std::filesystem::path& file, const std::string& key);

}  // namespace tests
