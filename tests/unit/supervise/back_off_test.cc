#include "runtime/supervise/back_off.h"

#include <gtest/gtest.h>

namespace runtime::supervise {
namespace {

TEST(BackOff, DoublesUpToABound) {
  BackOff back_off;
  for (const int64_t delay : {250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
    EXPECT_EQ(back_off.Next(0), delay);
  }
}

TEST(BackOff, BeginsAgainAfterASteadyRun) {
  BackOff back_off;
  back_off.Next(0);
  EXPECT_EQ(back_off.Next(kSteadyRun - 1), 2 * kFirstDelay);
  EXPECT_EQ(back_off.Next(kSteadyRun), kFirstDelay);
  EXPECT_EQ(back_off.Next(0), 2 * kFirstDelay);
}

}  // namespace
}  // namespace runtime::supervise
