#include "runner/step_log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/files.h"
#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using testing::HasSubstr;

TEST(StepLogFile, KeepsHeadAndTailAndSaysWhatWasLeftOut) {
  const runtime::base::TemporaryDirectory dir("/tmp", "log");
  const FakeClock clock;
  StepLogFile log(dir.path() / "s.log", {.head_bytes = 100, .tail_bytes = 50});
  for (int i = 0; i < 1000; ++i) {
    log.Append("line " + std::to_string(i) + "\n", clock.Now());
  }
  log.Close(clock.Now());
  const std::string text = runtime::base::ReadFile(dir.path() / "s.log");
  EXPECT_TRUE(text.starts_with("line 0\nline 1\n"));
  EXPECT_TRUE(text.ends_with("line 998\nline 999\n"));
  EXPECT_THAT(text, HasSubstr("Z run this log is over 100 B"));
  EXPECT_THAT(text, HasSubstr(" left out\n"));
  EXPECT_LT(text.size(), 600u);
}

TEST(StepLogFile, WritesAtOnceSoThatALogCanBeFollowed) {
  const runtime::base::TemporaryDirectory dir("/tmp", "log");
  const FakeClock clock;
  StepLogFile log(dir.path() / "s.log", {});
  log.Append("first\n", clock.Now());
  EXPECT_EQ(runtime::base::ReadFile(dir.path() / "s.log"), "first\n");
}

}  // namespace
}  // namespace runner
