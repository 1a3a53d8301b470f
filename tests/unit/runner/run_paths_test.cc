#include "runner/run_paths.h"

#include <gtest/gtest.h>

namespace runner {
namespace {

TEST(RunPaths, TheLogOfAnyStepLiesInTheLogDirectory) {
  const RunPaths paths("/runs", "id");
  EXPECT_EQ(paths.log("build-1.2"), "/runs/id/logs/build-1.2.log");
  for (const std::string& step : {std::string(".."), std::string("../../etc/x"), std::string("/"),
                                  std::string("a\0b", 3), std::string(5000, 'a'), std::string()}) {
    const auto log = paths.log(step);
    EXPECT_EQ(log.parent_path(), "/runs/id/logs") << step;
    EXPECT_EQ(log.lexically_normal(), log) << step;
    EXPECT_LE(log.filename().string().size(), 200u);
  }
  EXPECT_NE(paths.log("a/b"), paths.log("a%2Fb"));
  EXPECT_NE(paths.log(std::string(5000, 'a')), paths.log(std::string(5001, 'a')));
}

}  // namespace
}  // namespace runner
