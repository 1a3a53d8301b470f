#include "runner/mask.h"

#include <gtest/gtest.h>

namespace runner {
namespace {

TEST(Mask, HidesTheSecretWhereverItStands) {
  EXPECT_EQ(Mask("hunter2: no hunter2hunter2", "hunter2"), "***: no ******");
  EXPECT_EQ(Mask("aaa", "aa"), "***a");
  EXPECT_EQ(Mask("hunter", "hunter2"), "hunter");
}

TEST(Mask, LeavesTheTextWithoutASecret) {
  EXPECT_EQ(Mask("a b", ""), "a b");
  EXPECT_EQ(Mask("", "a"), "");
}

}  // namespace
}  // namespace runner
