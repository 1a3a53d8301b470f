#include "runner/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace runner {
namespace {

const std::vector<std::string> kKnown = {"--volume", "--env", "--env-file", "--rm"};

TEST(Nearest, FindsASlipOfTheFingers) {
  EXPECT_EQ(Nearest("--volum", kKnown), "--volume");
  EXPECT_EQ(Nearest("--rmm", kKnown), "--rm");
  EXPECT_EQ(Nearest("--envfile", kKnown), "--env-file");
}

TEST(Nearest, IsNothingWhenAllAreFarOrTheWordIsLong) {
  EXPECT_EQ(Nearest("--nosuchthing", kKnown), std::nullopt);
  EXPECT_EQ(Nearest(std::string(1 << 20, 'x'), kKnown), std::nullopt);
  EXPECT_EQ(Nearest("--rm", {}), std::nullopt);
}

}  // namespace
}  // namespace runner
