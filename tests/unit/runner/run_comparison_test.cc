#include "runner/run_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ComparedRun SampleComparedRun() {
  ComparedRun run;
  run.record.id = "01kgasd000000000";
  run.record.state = reports::RunState::kFinished;
  run.record.plan = R"({"steps":[{"name":"build","env":["A"],"limits":{}}]})";
  reports::StepRecord& step = run.record.steps.emplace_back();
  step.name = "build";
  step.kind = "run";
  step.state = reports::StepState::kFinished;
  step.outcome = pipeline::Outcome::kPassed;
  step.layer_digest = "sha256:aa";
  run.listing = [](const std::string&) { return std::nullopt; };
  return run;
}

std::string Text(const ComparedRun& a, const ComparedRun& b) {
  return ComparisonText(CompareRuns(a, b));
}

TEST(RunComparison, OfEqualRunsIsTheSame) {
  const RunComparison comparison = CompareRuns(SampleComparedRun(), SampleComparedRun());
  EXPECT_TRUE(comparison.same());
  EXPECT_THAT(comparison.circumstances, IsEmpty());
}

TEST(RunComparison, NamesImagesVariablesOptionsAndLimits) {
  const ComparedRun a = SampleComparedRun();
  ComparedRun b = SampleComparedRun();
  b.record.images = {{"debian:12", "sha256:bb"}};
  b.record.env = {"TARGET"};
  b.record.options.steps = {"build"};
  b.record.plan = R"({"steps":[{"name":"build","env":["A","B"],"limits":{"pids":5}}]})";
  EXPECT_THAT(Text(a, b), AllOf(HasSubstr("image debian:12: none -> sha256:bb"),
                                HasSubstr("variables by --env: none -> TARGET"),
                                HasSubstr("options: none -> --step build"),
                                HasSubstr("its env in the pipeline file: [\"A\"] -> [\"A\",\"B\"]"),
                                HasSubstr("its limits in the pipeline file: {} -> {\"pids\":5}")));
  EXPECT_FALSE(CompareRuns(a, b).same());
}

TEST(RunComparison, OfAnotherHostIsStillTheSame) {
  const ComparedRun a = SampleComparedRun();
  ComparedRun b = SampleComparedRun();
  b.record.runner.kernel = "6.2";
  b.record.steps[0].limits.memory_bytes = 1 << 30;
  const RunComparison comparison = CompareRuns(a, b);
  EXPECT_TRUE(comparison.same());
  EXPECT_EQ(comparison.circumstances.size(), 2u);
  EXPECT_THAT(ComparisonText(comparison), HasSubstr("kernel: none -> 6.2"));
}

TEST(RunComparison, SaysWhyFilesCanNotBeNamed) {
  const ComparedRun a = SampleComparedRun();
  ComparedRun b = SampleComparedRun();
  b.record.steps[0].layer_digest = "sha256:bb";
  EXPECT_THAT(Text(a, b), HasSubstr("keeps no list of them"));
  b.listing = [](const std::string&) { return std::optional<std::string>("\x1f\x8b bad"); };
  EXPECT_THAT(Text(b, a), HasSubstr("which files can't be said: "));
}

TEST(RunComparison, TakesLayersThatCanNotBeHashedForDifferent) {
  ComparedRun a = SampleComparedRun();
  a.record.steps[0].layer_digest = "unknown";
  EXPECT_FALSE(CompareRuns(a, a).same());
}

TEST(RunComparison, LeavesOutWhetherOneOfThemPushed) {
  ComparedRun a = SampleComparedRun();
  a.record.steps[0].kind = "push";
  ComparedRun b = a;
  b.record.steps[0].outcome = pipeline::Outcome::kSkipped;
  EXPECT_TRUE(CompareRuns(a, b).same());
}

TEST(RunComparison, NamesStepsThatOneAloneHas) {
  const ComparedRun a = SampleComparedRun();
  ComparedRun b = SampleComparedRun();
  b.record.steps[0].name = "other";
  EXPECT_THAT(Text(a, b),
              AllOf(HasSubstr("outcome: passed -> none"), HasSubstr("outcome: none -> passed")));
}

TEST(RunComparison, IsBoundedAndSafeToShow) {
  RunComparison comparison;
  StepComparison& step = comparison.steps.emplace_back();
  step.name = "a\033[2J";
  step.differing = {{"outcome", "\n", "x"}};
  step.files.resize(100);
  step.more_files = 7;
  const std::string text = ComparisonText(comparison);
  EXPECT_THAT(text, AllOf(HasSubstr("and 87 more"), Not(HasSubstr("\033"))));
}

TEST(RunComparison, TakesAPlanThatIsNone) {
  ComparedRun a = SampleComparedRun();
  for (const char* plan : {"", "[]", "{\"steps\":{}}", "{\"steps\":[1,{\"name\":2}]}", "{"}) {
    a.record.plan = plan;
    EXPECT_TRUE(CompareRuns(a, SampleComparedRun()).same()) << plan;
  }
}

}  // namespace
}  // namespace runner
