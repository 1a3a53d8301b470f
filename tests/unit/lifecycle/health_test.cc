#include "runtime/lifecycle/health.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runtime::lifecycle {
namespace {

Health Starting() { return {.status = Health::Status::kStarting}; }

Health After(const HealthCheck& check, const std::vector<int>& codes) {
  Health health = Starting();
  int64_t time = 0;
  for (const int code : codes) {
    time += 1000;
    Add(check, 0, {.start = time, .end = time, .exit_code = code}, health);
  }
  return health;
}

TEST(Health, IsGoodWithTheFirstCheckThatPasses) {
  EXPECT_EQ(After({}, {0}).status, Health::Status::kHealthy);
  EXPECT_EQ(After({}, {1, 1, 1, 0}).status, Health::Status::kHealthy);
  EXPECT_EQ(After({}, {1, 1, 1, 0}).failing_streak, 0u);
}

TEST(Health, IsBadAfterSoManyFailuresInARow) {
  EXPECT_EQ(After({.retries = 2}, {1}).status, Health::Status::kStarting);
  EXPECT_EQ(After({.retries = 2}, {1, 2}).status, Health::Status::kUnhealthy);
  EXPECT_EQ(After({.retries = 2}, {0, 1, 0, 1}).status, Health::Status::kHealthy);
  EXPECT_EQ(After({.retries = 2}, {0, 1, -1}).status, Health::Status::kUnhealthy);
}

TEST(Health, DoesntCountFailuresOfTheStartPeriodUntilOneCheckPassed) {
  const HealthCheck check = {.start_period = std::chrono::seconds(3), .retries = 1};
  EXPECT_EQ(After(check, {1, 1}).status, Health::Status::kStarting);
  EXPECT_EQ(After(check, {1, 1, 1}).status, Health::Status::kUnhealthy);
  EXPECT_EQ(After(check, {0, 1}).status, Health::Status::kUnhealthy);
}

TEST(Health, KeepsTheLastChecks) {
  const Health health = After({}, {1, 2, 3, 4, 5, 6, 7});
  ASSERT_EQ(health.log.size(), Health::kMostProbes);
  EXPECT_EQ(health.log.front().exit_code, 3);
}

TEST(Health, IsReadAsItWasWritten) {
  Health health = After({}, {1, 0});
  health.log[0].output = "no UTF-8: \xff";
  const Health read = HealthFromJson(HealthToJson(health));
  EXPECT_EQ(read.status, Health::Status::kHealthy);
  ASSERT_EQ(read.log.size(), 2u);
  EXPECT_EQ(read.log[0].output, health.log[0].output);
  EXPECT_EQ(read.log[1].start, 2000);
  const HealthCheck check = {.argv = {"a", "b"}, .retries = 7};
  EXPECT_EQ(HealthCheckFromJson(HealthCheckToJson(check)).argv, check.argv);
  EXPECT_EQ(HealthCheckFromJson(HealthCheckToJson(check)).retries, 7u);
}

}  // namespace
}  // namespace runtime::lifecycle
