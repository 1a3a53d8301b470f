#include "runner/plain_view.h"

#include <gtest/gtest.h>

#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using pipeline::Stream;

struct Output {
  std::string progress;
  std::string result;
};

Output Show(const SummaryStyle& style) {
  Output out;
  PlainView view([&](std::string_view text) { out.progress += text; },
                 [&](std::string_view text) { out.result += text; }, false, style);
  const pipeline::RunSummary run = FailedRun();
  view.RunStarted(run.id, run.event);
  view.StepStarted("test");
  view.StepLine("test", Stream::kStdout, "=== test passed");
  view.StepLine("test", Stream::kStderr, "\x1b[31m1 failed\x1b[0m");
  view.StepFinished(run.steps[2]);
  view.StepFinished(run.steps[3]);
  view.RunFinished(run);
  return out;
}

TEST(PlainView, PrefixesEveryLineSoThatOutputCannotForgeOurs) {
  SummaryStyle style;
  style.logs = false;
  EXPECT_EQ(Show(style).progress,
            "=== run 01kgasd000abcdef: push of main of pie/hello\n"
            "=== test started\n"
            "[test] === test passed\n"
            "[test] 1 failed\n"
            "=== test failed in 2.0 s: 1 of 2 tests failed\n"
            "=== push skipped: test failed\n");
}

TEST(PlainView, TellsFindingsInTheFileApartFromTheResult) {
  Output out;
  SummaryStyle style;
  style.quiet = true;
  PlainView view([&](std::string_view text) { out.progress += text; },
                 [&](std::string_view text) { out.result += text; }, false, style);
  pipeline::RunSummary run = FailedRun();
  run.tests = {};
  run.diagnostics = {{".runner.yml", 1, 2, "E104", "unknown key"}};
  view.RunFinished(run);
  EXPECT_EQ(out.progress, ".runner.yml:1:2 E104 unknown key\n");
  EXPECT_EQ(out.result.find("unknown key"), std::string::npos);
}

TEST(PlainView, QuietIsSilentAndThenShowsTheEndOfTheFailedStep) {
  SummaryStyle style;
  style.quiet = true;
  const Output out = Show(style);
  EXPECT_EQ(out.progress, "");
  EXPECT_TRUE(out.result.starts_with("last lines of test:\n  | === test passed\n  | 1 failed\n"));
}

}  // namespace
}  // namespace runner
