// What a container may take of this host at most when nobody says: a bound, whatever the host says.
#pragma once

#include <cstdint>
#include <filesystem>

namespace runner {

// The least that may be asked for too.
constexpr uint64_t kLeastMemory = 6u << 20;
constexpr uint64_t kLeastDisk = 1u << 20;

// Three quarters of the memory, kLeastMemory at least.
uint64_t MemoryShare();

// Half of what is free on the disk where `path` is; kLeastDisk at least, also when that can't be
// told.
uint64_t DiskShare(const std::filesystem::path& path);

}  // namespace runner
