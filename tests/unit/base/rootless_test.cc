#include "runtime/base/rootless.h"

#include <gmock/gmock.h>

namespace tests {
namespace {

using runtime::base::FindSubordinateIds;
using runtime::base::FindUserName;
using runtime::base::IdRange;
using testing::Optional;

constexpr char kPasswd[] = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";

TEST(FindUserName, KnowsAUserByNumber) { EXPECT_EQ(FindUserName(kPasswd, 1000), "ann"); }

TEST(FindUserName, HasNoneForAnUnknownNumber) { EXPECT_EQ(FindUserName(kPasswd, 1001), ""); }

TEST(FindUserName, ReadsNoPartOfANumber) {
  EXPECT_EQ(FindUserName("odd:x:1000x:0::/:/bin/sh\n", 1000), "");
}

TEST(FindSubordinateIds, KnowsAUserByName) {
  EXPECT_THAT(FindSubordinateIds("bob:1:2\nann:100000:65536\n", "ann", 1000),
              Optional(IdRange{100000, 65536}));
}

TEST(FindSubordinateIds, KnowsAUserByNumber) {
  EXPECT_THAT(FindSubordinateIds("1000:100000:65536\n", "", 1000),
              Optional(IdRange{100000, 65536}));
}

TEST(FindSubordinateIds, TakesTheFirstLine) {
  EXPECT_THAT(FindSubordinateIds("ann:1:2\nann:3:4\n", "ann", 1000), Optional(IdRange{1, 2}));
}

TEST(FindSubordinateIds, TakesNothingFromOthers) {
  EXPECT_EQ(FindSubordinateIds("bob:100000:65536\n", "ann", 1000), std::nullopt);
  EXPECT_EQ(FindSubordinateIds(":100000:65536\n", "", 1000), std::nullopt);
}

TEST(FindSubordinateIds, PassesOverDamagedLines) {
  for (const char* line :
       {"ann:x:1", "ann:1", "ann:1:2:3", "ann:1:0", "ann:-1:2", "ann:1:99999999999"}) {
    EXPECT_THAT(FindSubordinateIds(std::string(line) + "\nann:5:6", "ann", 1000),
                Optional(IdRange{5, 6}))
        << line;
  }
}

}  // namespace
}  // namespace tests
