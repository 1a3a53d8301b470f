#include "runner/step_limits.h"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>

#include "runtime/base/rootless.h"

namespace runner {
namespace {

constexpr uint32_t kProcesses = 1024;

uint64_t DefaultMemory() {
  struct sysinfo info = {};
  ::sysinfo(&info);
  return static_cast<uint64_t>(info.totalram) * info.mem_unit / 4 * 3;
}

uint64_t DefaultDisk(const std::filesystem::path& state) {
  struct statvfs st = {};
  ::statvfs(state.c_str(), &st);
  return static_cast<uint64_t>(st.f_bavail) * st.f_frsize / 2;
}

}  // namespace

runtime::container::Limits LimitsForStep(const pipeline::Limits& asked,
                                         const std::filesystem::path& state) {
  runtime::container::Limits limits;
  limits.memory_bytes = asked.memory_bytes > 0 ? asked.memory_bytes : DefaultMemory();
  limits.cpus = asked.cpus;
  limits.pids = asked.pids > 0 ? asked.pids : kProcesses;
  limits.disk_bytes = asked.disk_bytes > 0 ? asked.disk_bytes : DefaultDisk(state);
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
