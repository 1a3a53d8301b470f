// Limits: what a step, or a service, may use of the host.
#pragma once

#include <cstdint>

namespace pipeline {

// Zero: the runner's default.
struct Limits {
  double cpus = 0;
  uint64_t memory_bytes = 0;
  uint64_t disk_bytes = 0;
  uint32_t pids = 0;
  uint32_t open_files = 0;
};

}  // namespace pipeline
