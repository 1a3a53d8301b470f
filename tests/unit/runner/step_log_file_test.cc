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
  StepLogFile log(dir.path() / "s.log", dir.path() / "s.index",
                  {.head_bytes = 100, .tail_bytes = 50});
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
  StepLogFile log(dir.path() / "s.log", dir.path() / "s.index", {});
  log.Append("first\n", clock.Now());
  EXPECT_EQ(runtime::base::ReadFile(dir.path() / "s.log"), "first\n");
}

// The line at a mark, as the log has it.
std::string LineAt(const std::string& log, const LogMark& mark) {
  return log.substr(mark.offset, log.find('\n', mark.offset) - mark.offset);
}

TEST(StepLogFile, HasAnIndexOfLinesAndTimes) {
  const runtime::base::TemporaryDirectory dir("/tmp", "log");
  FakeClock clock;
  StepLogFile log(dir.path() / "s.log", dir.path() / "s.index", {});
  for (int i = 0; i < 30000; ++i) {
    log.Append("line " + std::to_string(i) + "\n", clock.Now());
    clock.Pass(std::chrono::milliseconds(1));
  }
  log.Close(clock.Now());
  const std::string text = runtime::base::ReadFile(dir.path() / "s.log");
  const std::vector<LogMark> marks = ReadLogIndex(dir.path() / "s.index");
  ASSERT_EQ(marks.size(), text.size() / (64 << 10) + 1);
  for (const LogMark& mark : marks) {
    EXPECT_EQ(LineAt(text, mark), "line " + std::to_string(mark.line));
    EXPECT_EQ(mark.time_ms, 1769860800000 + static_cast<int64_t>(mark.line));
  }
}

TEST(StepLogFile, NumbersTheTailAsTheStepWroteIt) {
  const runtime::base::TemporaryDirectory dir("/tmp", "log");
  const FakeClock clock;
  StepLogFile log(dir.path() / "s.log", dir.path() / "s.index",
                  {.head_bytes = 100, .tail_bytes = 50});
  for (int i = 0; i < 1000; ++i) {
    log.Append("line " + std::to_string(i) + "\n", clock.Now());
  }
  log.Close(clock.Now());
  const LogMark last = ReadLogIndex(dir.path() / "s.index").back();
  EXPECT_EQ(last.line, 995u);
  EXPECT_EQ(LineAt(runtime::base::ReadFile(dir.path() / "s.log"), last), "line 995");
}

TEST(StepLogFile, GoesOnBehindWhatARunnerThatDiedLeft) {
  const runtime::base::TemporaryDirectory dir("/tmp", "log");
  const FakeClock clock;
  runtime::base::WriteFileAtomically(dir.path() / "s.log", "one\ntor");
  runtime::base::WriteFileAtomically(dir.path() / "s.index", "0 5 0\n1 6");
  StepLogFile log(dir.path() / "s.log", dir.path() / "s.index", {});
  log.Append("two\n", clock.Now());
  EXPECT_EQ(runtime::base::ReadFile(dir.path() / "s.log"), "one\ntor\ntwo\n");
  const std::vector<LogMark> marks = ReadLogIndex(dir.path() / "s.index");
  ASSERT_EQ(marks.size(), 2u);
  EXPECT_EQ(marks[1].line, 2u);
  EXPECT_EQ(marks[1].offset, 8u);
}

TEST(LogIndex, EndsBeforeWhatIsTorn) {
  const runtime::base::TemporaryDirectory dir("/tmp", "log");
  runtime::base::WriteFileAtomically(dir.path() / "i", "0 5 0\n9 6 70000\n12 7 140");
  ASSERT_EQ(ReadLogIndex(dir.path() / "i").size(), 2u);
  EXPECT_EQ(ReadLogIndex(dir.path() / "i")[1].offset, 70000u);
  EXPECT_TRUE(ReadLogIndex(dir.path() / "none").empty());
}

}  // namespace
}  // namespace runner
