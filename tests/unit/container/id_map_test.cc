#include "runtime/container/id_map.h"

#include <gtest/gtest.h>

namespace runtime::container {
namespace {

constexpr IdMap kMap = {.base = 1000000, .count = 65536};

TEST(IdMapLines, MapEveryIdOnceWithoutAnOwner) { EXPECT_EQ(IdMapLines(kMap), "0 1000000 65536\n"); }

TEST(IdMapLines, SwapRootAndTheOwner) {
  EXPECT_EQ(IdMapLines(kMap, 1000),
            "0 1001000 1\n1 1000001 999\n1000 1000000 1\n1001 1001001 64535\n");
}

TEST(IdMapLines, HaveNoEmptyRangeForTheFirstAndTheLastId) {
  EXPECT_EQ(IdMapLines(kMap, 1), "0 1000001 1\n1 1000000 1\n2 1000002 65534\n");
  EXPECT_EQ(IdMapLines(kMap, 65535), "0 1065535 1\n1 1000001 65534\n65535 1000000 1\n");
}

}  // namespace
}  // namespace runtime::container
