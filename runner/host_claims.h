// HostClaims: what steps ask of a host's processors and memory, and which of them may begin.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace runner {

struct HostShare {
  double cpus = 0;
  uint64_t memory_bytes = 0;
  bool empty() const { return cpus <= 0 && memory_bytes == 0; }
};

struct HostClaim {
  uint64_t ticket = 0;   // rising in the order of asking
  bool holding = false;  // else it waits
  HostShare share;
  std::string repository;
  std::string what;  // "step "test" of run 0123", for people who may see that repository
};

// One that waits begins when it fits beside all that hold, and nobody is before it: first come
// those of the repository that holds the least of the host, of one repository in the order of
// asking. One that is larger than the host begins when nothing else holds. Answers why `ticket` has
// to wait, as "waits for ..."; empty: it begins.
std::string WhyItWaits(const std::vector<HostClaim>& claims, uint64_t ticket,
                       const HostShare& capacity);

}  // namespace runner
