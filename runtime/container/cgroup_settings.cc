#include "runtime/container/cgroup_settings.h"

#include <algorithm>
#include <cmath>

namespace runtime::container {
namespace {

// The kernel's period of CFS bandwidth control, in microseconds.
constexpr int kCpuPeriod = 100'000;

// Both are shares in proportion to those of others; a cgroup has 1024 of one and 100 of the other
// by itself. The ends of the second scale are nearer to each other.
uint64_t WeightOf(uint64_t shares) {
  return std::clamp<uint64_t>((shares * 100 + 512) / 1024, 1, 10'000);
}

void AddMemory(const Limits& limits, std::vector<CgroupSetting>& settings) {
  if (limits.memory_bytes == 0) {
    return;
  }
  const std::string bytes = std::to_string(limits.memory_bytes);
  settings.push_back(
      {"memory", "memory.limit_in_bytes", "memory.max", bytes, bytes, !limits.memory_if_possible});
  if (limits.swap_bytes != kUnlimited) {
    // Hosts without swap accounting have no such file, and then no swap is the rule.
    settings.push_back({"memory", "memory.memsw.limit_in_bytes", "memory.swap.max",
                        std::to_string(limits.memory_bytes + limits.swap_bytes),
                        std::to_string(limits.swap_bytes), limits.swap_bytes != 0});
  }
  // The whole container goes when it is out of memory.
  settings.push_back({"memory", nullptr, "memory.oom.group", "", "1", false});
}

void AddCpu(const Limits& limits, std::vector<CgroupSetting>& settings) {
  if (limits.cpus > 0) {
    const std::string quota = std::to_string(std::llround(limits.cpus * kCpuPeriod));
    settings.push_back(
        {"cpu", "cpu.cfs_quota_us", "cpu.max", quota, quota + " " + std::to_string(kCpuPeriod)});
  }
  if (limits.cpu_shares > 0) {
    settings.push_back({"cpu", "cpu.shares", "cpu.weight", std::to_string(limits.cpu_shares),
                        std::to_string(WeightOf(limits.cpu_shares))});
  }
  if (!limits.cpuset.empty()) {
    settings.push_back({"cpuset", "cpuset.cpus", "cpuset.cpus", limits.cpuset, limits.cpuset});
  }
}

}  // namespace

std::vector<CgroupSetting> CgroupSettingsFor(const Limits& limits) {
  std::vector<CgroupSetting> settings;
  AddMemory(limits, settings);
  if (limits.pids > 0) {
    // Our init is one of them.
    const std::string count = std::to_string(limits.pids + 1);
    settings.push_back({"pids", "pids.max", "pids.max", count, count});
  }
  AddCpu(limits, settings);
  return settings;
}

}  // namespace runtime::container
