#include "runner/step_limits.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

namespace runner {
namespace {

namespace container = runtime::container;

TEST(StepLimits, AreFiniteByDefault) {
  const container::Limits limits = LimitsForStep({}, "/");
  EXPECT_GT(limits.memory_bytes, 0u);
  EXPECT_EQ(limits.swap_bytes, 0u);
  EXPECT_EQ(limits.pids, 1024u);
  EXPECT_GT(limits.disk_bytes, 0u);
  EXPECT_TRUE(limits.if_possible);
}

TEST(StepLimits, AreFiniteOnAFullDisk) {
  EXPECT_GT(LimitsForStep({}, "/proc").disk_bytes, 0u);  // where nothing is free
}

TEST(StepLimits, AreThoseOfTheStep) {
  const container::Limits limits = LimitsForStep(
      {.cpus = 2, .memory_bytes = 1 << 30, .disk_bytes = 1 << 20, .pids = 7, .open_files = 50},
      "/");
  EXPECT_EQ(limits.cpus, 2);
  EXPECT_EQ(limits.memory_bytes, 1u << 30);
  EXPECT_EQ(limits.pids, 7u);
  EXPECT_EQ(limits.disk_bytes, 1u << 20);
  EXPECT_THAT(limits.resources,
              testing::ElementsAre(container::ResourceLimit{RLIMIT_NOFILE, 50, 50}));
}

}  // namespace
}  // namespace runner
