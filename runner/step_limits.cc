#include "runner/step_limits.h"

#include <sys/resource.h>

#include "runner/host_share.h"
#include "runtime/base/rootless.h"

namespace runner {
namespace {

constexpr uint32_t kProcesses = 1024;

}  // namespace

runtime::container::Limits LimitsForStep(const pipeline::Limits& asked,
                                         const std::filesystem::path& state) {
  runtime::container::Limits limits;
  limits.memory_bytes = asked.memory_bytes > 0 ? asked.memory_bytes : MemoryShare();
  limits.cpus = asked.cpus;
  limits.pids = asked.pids > 0 ? asked.pids : kProcesses;
  limits.disk_bytes = asked.disk_bytes > 0 ? asked.disk_bytes : DiskShare(state);
  if (asked.open_files > 0) {
    limits.resources.push_back({RLIMIT_NOFILE, asked.open_files, asked.open_files});
  }
  const bool asks = asked.memory_bytes > 0 || asked.cpus > 0 || asked.pids > 0;
  limits.if_possible = !asks || !runtime::base::InInitialUserNamespace();
  return limits;
}

pipeline::Limits LimitsOf(const runtime::container::ContainerSpec& spec) {
  pipeline::Limits limits;
  limits.cpus = spec.limits.cpus;
  limits.memory_bytes = spec.limits.memory_bytes;
  limits.disk_bytes = spec.limits.disk_bytes;
  limits.pids = spec.limits.pids;
  for (const runtime::container::ResourceLimit& resource : spec.limits.resources) {
    if (resource.resource == RLIMIT_NOFILE) {
      limits.open_files = static_cast<uint32_t>(resource.soft);
    }
  }
  return limits;
}

}  // namespace runner
