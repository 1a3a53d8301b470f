#include "runner/step_log_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/run_directory.h"
#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kId[] = "01kgasd000abcdef";

class StepLogReaderTest : public testing::Test {
 protected:
  StepLogReaderTest() : dir_("/tmp", "log"), paths_(dir_.path(), kId), run_(dir_.path(), clock_) {
    run_.RunStarted(kId, {});
    run_.StepStarted("build");
  }
  // One line a millisecond.
  void Write(int from, int to) {
    for (int i = from; i < to; ++i) {
      run_.StepLine("build", pipeline::Stream::kStdout, std::to_string(i));
      clock_.Pass(std::chrono::milliseconds(1));
    }
  }
  std::vector<std::string> Rest(StepLogReader& reader, bool ended = false) {
    std::vector<std::string> lines;
    while (const auto line = reader.Next(ended)) {
      lines.push_back(line->text);
    }
    return lines;
  }

  runtime::base::TemporaryDirectory dir_;
  FakeClock clock_;
  RunPaths paths_;
  RunDirectory run_;
};

TEST_F(StepLogReaderTest, ReadsOnWhereTheLogEnded) {
  StepLogReader reader(paths_, "build");
  Write(0, 2);
  EXPECT_THAT(Rest(reader), ElementsAre("0", "1"));
  EXPECT_THAT(Rest(reader), IsEmpty());
  Write(2, 4);
  EXPECT_THAT(Rest(reader), ElementsAre("2", "3"));
}

TEST_F(StepLogReaderTest, BeginsAtTheLastLines) {
  Write(0, 20000);
  for (const uint64_t lines : {0u, 1u, 2u, 19999u, 20000u, 30000u}) {
    StepLogReader reader(paths_, "build");
    reader.SkipToLast(lines);
    const std::vector<std::string> rest = Rest(reader);
    EXPECT_EQ(rest.size(), std::min<uint64_t>(lines, 20000));
    EXPECT_EQ(rest.empty() ? "19999" : rest.back(), "19999");
  }
}

TEST_F(StepLogReaderTest, BeginsAtATime) {
  Write(0, 20000);
  for (const int first : {0, 1, 7777, 19999}) {
    StepLogReader reader(paths_, "build");
    reader.SkipTo(1769860800000 + first);
    const auto line = reader.Next(false);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->text, std::to_string(first));
  }
}

TEST_F(StepLogReaderTest, WaitsForTheEndOfALineUnlessTheRunHasEnded) {
  runtime::base::WriteFileAtomically(paths_.log("torn"), "2026-01-31T12:00:00.000Z out half");
  StepLogReader reader(paths_, "torn");
  EXPECT_THAT(Rest(reader), IsEmpty());
  EXPECT_THAT(Rest(reader, true), ElementsAre("half"));
  EXPECT_THAT(Rest(reader, true), IsEmpty());
}

TEST_F(StepLogReaderTest, IsEmptyForAStepThatDidNotBegin) {
  StepLogReader reader(paths_, "other");
  reader.SkipToLast(5);
  EXPECT_THAT(Rest(reader, true), IsEmpty());
}

}  // namespace
}  // namespace runner
