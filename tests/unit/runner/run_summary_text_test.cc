#include "runner/run_summary_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RunSummaryText, OfAFailedRun) {
  StepTails tails;
  tails.Add("test", "[  FAILED  ] Hello.Counts");
  EXPECT_EQ(RunSummaryText(FailedRun(), tails, {}),
            "last lines of test:\n"
            "  | [  FAILED  ] Hello.Counts\n"
            "\n"
            "  clone  passed         120 ms\n"
            "  build  passed         12.1 s\n"
            "  test   failed          2.0 s  1 of 2 tests failed\n"
            "  push   skipped                test failed\n"
            "2 tests: 1 passed, 1 failed\n"
            "  FAILED Hello.Counts  src/hello_test.cc:12\n"
            "         Expected: 1\n"
            "hello-cpp: failed in 14.2 s: step test: 1 of 2 tests failed\n");
}

TEST(RunSummaryText, OfAPassedRunEndsWithWhatWasPushed) {
  EXPECT_EQ(RunSummaryText(PassedRun(), {}, {}),
            "  clone  passed        120 ms\n"
            "  build  passed        12.1 s\n"
            "  test   passed         2.0 s\n"
            "  push   passed        300 ms\n"
            "1 test: 1 passed\n"
            "pushed localhost:5000/pie/hello:1.0@sha256:" +
                std::string(64, 'd') + "\nhello-cpp: passed in 14.2 s\n");
}

TEST(RunSummaryText, QuietSaysOnlyFailuresAndTheResult) {
  SummaryStyle quiet;
  quiet.quiet = true;
  EXPECT_EQ(RunSummaryText(PassedRun(), {}, quiet),
            "pushed localhost:5000/pie/hello:1.0@sha256:" + std::string(64, 'd') +
                "\nhello-cpp: passed in 14.2 s\n");
  const std::string failed = RunSummaryText(FailedRun(), {}, quiet);
  EXPECT_THAT(failed, HasSubstr("FAILED Hello.Counts  src/hello_test.cc:12"));
  EXPECT_THAT(failed, Not(HasSubstr("build")));
}

TEST(RunErrorText, HasEachFindingOnceAndTheVerdictOnlyTheirNumber) {
  pipeline::RunSummary run = FailedRun();
  run.steps.clear();
  run.tests = {};
  run.reason = ".runner.yml: unknown key \"scrip\"";
  run.diagnostics = {{".runner.yml", 3, 5, "E104", "unknown key \"scrip\""}};

  EXPECT_EQ(RunErrorText(run), ".runner.yml:3:5 E104 unknown key \"scrip\"\n");
  EXPECT_EQ(RunSummaryText(run, {}, {}), "hello-cpp: failed in 14.2 s: 1 finding in .runner.yml\n");
}

TEST(RunErrorText, IsTheReasonOfARunThatErrored) {
  pipeline::RunSummary run = FailedRun();
  run.steps.clear();
  run.tests = {};
  run.outcome = pipeline::Outcome::kErrored;
  run.reason = "step \"clone\": no space left";

  EXPECT_EQ(RunErrorText(run), "runner: step \"clone\": no space left\n");
  EXPECT_EQ(RunSummaryText(run, {}, {}), "hello-cpp: errored in 14.2 s\n");
}

TEST(RunErrorText, IsEmptyForARunWithAResult) {
  EXPECT_EQ(RunErrorText(PassedRun()), "");
  EXPECT_EQ(RunErrorText(FailedRun()), "");
}

TEST(RunSummaryText, LetsNoEscapeSequenceOfStrangersThrough) {
  pipeline::RunSummary run = FailedRun();
  const std::string evil = "\x1b]0;x\x07\x1b[2J\r";
  run.pipeline = run.reason = evil;
  run.steps[2].result.reason = run.steps[2].name = evil;
  run.steps[3].result.pushed = {evil};
  run.tests.cases[1].name = run.tests.cases[1].message = run.tests.cases[1].file = evil;
  run.diagnostics = {{evil, 1, 1, "E1", evil}};
  StepTails tails;
  tails.Add(evil, evil + "\x1b[31m");
  std::string text = RunSummaryText(run, tails, {}) + RunErrorText(run);
  run.diagnostics.clear();
  run.outcome = pipeline::Outcome::kErrored;
  text += RunErrorText(run);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(OutputText, KeepsColoursOnlyWhereTheyAreAllowed) {
  EXPECT_EQ(OutputText("\x1b[31mred\x1b[0m", true), "\x1b[31mred\x1b[0m\x1b[0m");
  EXPECT_EQ(OutputText("\x1b[31mred\x1b[0m!", false), "red!");
  EXPECT_EQ(OutputText("windows\r", false), "windows");
  EXPECT_EQ(OutputText("a\rb", false), "a\\x0db");
}

TEST(StepTails, KeepTheLastTwentyLines) {
  StepTails tails;
  for (int i = 0; i < 100; ++i) {
    tails.Add("s", std::to_string(i));
  }
  EXPECT_EQ(tails.Of("s").size(), 20u);
  EXPECT_EQ(tails.Of("s").front(), "80");
  EXPECT_TRUE(tails.Of("other").empty());
}

}  // namespace
}  // namespace runner
