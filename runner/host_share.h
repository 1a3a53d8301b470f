// What a container may take of this host at most when nobody says.
#pragma once

#include <cstdint>
#include <filesystem>

namespace runner {

// Three quarters of the memory. 0 when the host doesn't say.
uint64_t MemoryShare();

// Half of what is free on the disk where `path` is. 0 when that can't be told.
uint64_t DiskShare(const std::filesystem::path& path);

}  // namespace runner
