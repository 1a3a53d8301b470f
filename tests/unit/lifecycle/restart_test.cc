#include "runtime/lifecycle/restart.h"

#include <gtest/gtest.h>

namespace runtime::lifecycle {
namespace {

using std::chrono::milliseconds;
using When = RestartPolicy::When;

constexpr milliseconds kShort{5};
constexpr milliseconds kLong{10'000};

TEST(Restart, NeverHappensUnasked) { EXPECT_FALSE(Restart({}).AfterEnd(1, kShort)); }

TEST(Restart, OfFailuresEndsWithSuccessOrTheLastTime) {
  Restart restart({When::kOnFailure, 2});
  EXPECT_FALSE(Restart({When::kOnFailure, 2}).AfterEnd(0, kShort));
  EXPECT_TRUE(restart.AfterEnd(1, kShort));
  EXPECT_TRUE(restart.AfterEnd(1, kShort));
  EXPECT_FALSE(restart.AfterEnd(1, kShort));
  EXPECT_EQ(restart.count(), 2u);
}

TEST(Restart, AlwaysMeansAfterSuccessToo) {
  Restart restart({When::kAlways, 0});
  EXPECT_TRUE(restart.AfterEnd(0, kShort));
  EXPECT_TRUE(Restart({When::kUnlessStopped, 0}).AfterEnd(0, kShort));
}

TEST(Restart, WaitsTwiceAsLongEachTimeUpToAMinute) {
  Restart restart({When::kAlways, 0});
  milliseconds expected{100};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(restart.AfterEnd(1, kShort), expected);
    expected = std::min<milliseconds>(expected * 2, std::chrono::seconds(60));
  }
}

TEST(Restart, StartsOverAfterTenSecondsOfRunning) {
  Restart restart({When::kAlways, 0});
  restart.AfterEnd(1, kShort);
  EXPECT_EQ(restart.AfterEnd(1, kShort), milliseconds(200));
  EXPECT_EQ(restart.AfterEnd(1, kLong), milliseconds(100));
}

}  // namespace
}  // namespace runtime::lifecycle
