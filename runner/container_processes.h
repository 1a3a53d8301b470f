// The processes of a container, as the host sees them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace runner {

struct ContainerProcess {
  pid_t pid = 0;
  pid_t parent = 0;
  uint32_t uid = 0;                   // of the host
  std::chrono::milliseconds time{0};  // of processors
  // With that of children that have ended.
  std::chrono::milliseconds family_time{0};
  uint64_t memory_bytes = 0;
  std::string command;
};

// PID 1, given by its number on the host, and all its descendants: that is every process of its PID
// namespace. Those that end meanwhile may be missing. Never throws.
std::vector<ContainerProcess> ProcessesOf(pid_t init) noexcept;

}  // namespace runner
