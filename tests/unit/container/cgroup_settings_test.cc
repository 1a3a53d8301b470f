#include "runtime/container/cgroup_settings.h"

#include <gmock/gmock.h>

namespace runtime::container {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "FILE=VALUE" of one version, in order; "?" behind what may be missing.
std::vector<std::string> Files(const Limits& limits, bool v2) {
  std::vector<std::string> lines;
  for (const CgroupSetting& setting : CgroupSettingsFor(limits)) {
    const char* file = v2 ? setting.v2_file : setting.v1_file;
    if (file != nullptr) {
      lines.push_back(std::string(file) + "=" + (v2 ? setting.v2_value : setting.v1_value) +
                      (setting.required ? "" : "?"));
    }
  }
  return lines;
}

TEST(CgroupSettings, WithoutLimitsThereAreNone) { EXPECT_THAT(CgroupSettingsFor({}), IsEmpty()); }

TEST(CgroupSettings, MemoryComesWithoutSwap) {
  EXPECT_THAT(Files({.memory_bytes = 4096}, false),
              ElementsAre("memory.limit_in_bytes=4096", "memory.memsw.limit_in_bytes=4096?"));
  EXPECT_THAT(Files({.memory_bytes = 4096}, true),
              ElementsAre("memory.max=4096", "memory.swap.max=0?", "memory.oom.group=1?"));
}

TEST(CgroupSettings, MemoryIsRequiredWhenItIsAskedFor) {
  EXPECT_TRUE(CgroupSettingsFor({.memory_bytes = 4096}).front().required);
  EXPECT_FALSE(
      CgroupSettingsFor({.memory_bytes = 4096, .memory_if_possible = true}).front().required);
}

TEST(CgroupSettings, SwapThatIsAskedForIsRequired) {
  const Limits limits = {.memory_bytes = 4096, .swap_bytes = 8192};
  EXPECT_THAT(Files(limits, false),
              ElementsAre("memory.limit_in_bytes=4096", "memory.memsw.limit_in_bytes=12288"));
  EXPECT_THAT(Files(limits, true),
              ElementsAre("memory.max=4096", "memory.swap.max=8192", "memory.oom.group=1?"));
  EXPECT_THAT(Files({.memory_bytes = 4096, .swap_bytes = kUnlimited}, false),
              ElementsAre("memory.limit_in_bytes=4096"));
}

TEST(CgroupSettings, InitIsNotCounted) {
  EXPECT_THAT(Files({.pids = 7}, false), ElementsAre("pids.max=8"));
  EXPECT_THAT(Files({.pids = 7}, true), ElementsAre("pids.max=8"));
}

TEST(CgroupSettings, CpuIsAQuotaOrAShare) {
  EXPECT_THAT(Files({.cpus = 1.5}, false), ElementsAre("cpu.cfs_quota_us=150000"));
  EXPECT_THAT(Files({.cpus = 1.5}, true), ElementsAre("cpu.max=150000 100000"));
  EXPECT_THAT(Files({.cpu_shares = 512}, false), ElementsAre("cpu.shares=512"));
  for (const auto& [shares, weight] :
       {std::pair(2, 1), {512, 50}, {1024, 100}, {2048, 200}, {262'144, 10'000}}) {
    EXPECT_THAT(Files({.cpu_shares = static_cast<uint64_t>(shares)}, true),
                ElementsAre("cpu.weight=" + std::to_string(weight)));
  }
}

TEST(CgroupSettings, CpusetIsAControllerOfItsOwn) {
  EXPECT_THAT(Files({.cpuset = "0-1"}, false), ElementsAre("cpuset.cpus=0-1"));
}

}  // namespace
}  // namespace runtime::container
