#include "runtime/registry/challenge.h"

#include <gtest/gtest.h>

namespace runtime::registry {
namespace {

TEST(Challenge, BearerParametersAreRead) {
  const auto all =
      ParseChallenges(R"(Bearer realm="https://a/t?x=1,2",service=reg.example , scope="a \"b\"")");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].scheme, "bearer");
  EXPECT_EQ(all[0].Parameter("realm"), "https://a/t?x=1,2");
  EXPECT_EQ(all[0].Parameter("service"), "reg.example");
  EXPECT_EQ(all[0].Parameter("scope"), "a \"b\"");
  EXPECT_EQ(all[0].Parameter("other"), "");
}

TEST(Challenge, SeveralAreToldApart) {
  const auto all = ParseChallenges(R"(Negotiate, BASIC realm="x", Bearer realm="y")");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].scheme, "negotiate");
  EXPECT_EQ(all[1].scheme, "basic");
  EXPECT_EQ(all[2].Parameter("realm"), "y");
}

TEST(Challenge, TheFirstOfEqualParametersCounts) {
  EXPECT_EQ(ParseChallenges(R"(Bearer realm="a",realm="b")")[0].Parameter("realm"), "a");
}

TEST(Challenge, GarbageYieldsNothingMore) {
  EXPECT_TRUE(ParseChallenges("").empty());
  EXPECT_TRUE(ParseChallenges("realm=\"x\"").empty());
  EXPECT_TRUE(ParseChallenges("\x01\x02").empty());
  EXPECT_EQ(ParseChallenges("Basic realm=\"never closed")[0].Parameter("realm"), "");
}

}  // namespace
}  // namespace runtime::registry
