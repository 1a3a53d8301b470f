// Only what passed its tests is pushed.
#include <gtest/gtest.h>

#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {
namespace {

constexpr char kBuildAndPush[] =
    "  package: {image-build: {from: x}}\n"
    "  test: {image: \"${{ steps.package.image }}\", argv: [suite], tests: {junit: r.xml}}\n"
    "  push: {push: {image: \"${{ steps.package.image }}\", to: r.io/pie/hubot, tags: \"${{ tag || "
    "'edge' }}\"}, secrets: key}\n";

std::string File(const std::string& more = "") { return "steps:\n" + more + kBuildAndPush; }

// One report with that many failed cases of four.
RunOptions Tests(int failed, int cases = 4) {
  RunOptions options;
  options.read_reports = [=](const std::vector<CollectedFile>&) {
    TestReport report;
    for (int i = 0; i < cases; ++i) {
      report.cases.emplace_back().result = i < failed ? CaseResult::kFailed : CaseResult::kPassed;
    }
    return report;
  };
  return options;
}

TEST(Push, TakesTheDigestThatThePassedTestsRanIn) {
  FakeBackend backend;
  const RunSummary summary = RunText(backend, File(), Tests(0));
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  const PushRequest& push = backend.pushed.at("push");
  EXPECT_EQ(push.image_digest, "sha256:package");
  EXPECT_EQ(push.repository, "r.io/pie/hubot");
  EXPECT_EQ(push.tags, std::vector<std::string>{"edge"});
  ASSERT_EQ(push.secrets.size(), 1u);
  EXPECT_EQ(push.secrets[0].name, "key");
  EXPECT_EQ(summary.tests.cases.size(), 4u);
}

TEST(Push, DoesNotHappenWhenTestsFail) {
  FakeBackend backend;
  const RunSummary summary = RunText(backend, File(), Tests(3));
  EXPECT_EQ(summary.outcome, Outcome::kFailed);
  EXPECT_EQ(summary.reason, "step \"test\": 3 of 4 tests failed");
  EXPECT_EQ(StepOf(summary, "test").result.cause, Cause::kTests);
  EXPECT_EQ(OutcomeOf(summary, "push"), Outcome::kSkipped);
  EXPECT_TRUE(backend.pushed.empty());
}

TEST(Push, DoesNotHappenWithoutTests) {
  FakeBackend backend;
  const RunSummary summary = RunText(backend, File(), Tests(0, 0));
  EXPECT_EQ(summary.reason, "step \"test\": no tests: no file matches r.xml");
  EXPECT_TRUE(backend.pushed.empty());
}

TEST(Push, RefusesAnImageThatNoTestsRanIn) {
  FakeBackend backend;
  backend.commands["test"] = [](const CommandRequest& request, StepLog&, std::stop_token) {
    CommandEnd end = Passed(request);
    end.result.image_digest = "sha256:other";
    return end;
  };
  const RunSummary summary = RunText(backend, File(), Tests(0));
  EXPECT_EQ(OutcomeOf(summary, "push"), Outcome::kFailed);
  EXPECT_NE(summary.reason.find("no passed test step of this run ran in sha256:package"),
            std::string::npos);
  EXPECT_TRUE(backend.pushed.empty());
}

TEST(Push, RefusesAnImageWhoseTestsWereOnlyAllowedToFail) {
  FakeBackend backend;
  std::string text = File();
  text.replace(text.find("argv: [suite]"), 0, "allow-failure: true, ");
  const RunSummary summary = RunText(backend, text, Tests(1));
  EXPECT_EQ(OutcomeOf(summary, "test"), Outcome::kWarned);
  EXPECT_EQ(OutcomeOf(summary, "push"), Outcome::kFailed);
}

TEST(Push, TakesAnUntestedImageWhenToldTo) {
  FakeBackend backend;
  const RunSummary summary =
      RunText(backend,
              "steps:\n  p: {image-build: {from: x}}\n  push: {push: {image: \"${{ steps.p.image "
              "}}\", to: r.io/x, untested: true}}\n");
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.pushed.at("push").tags, std::vector<std::string>{"latest"});
}

TEST(Push, WaitsForStepsThatItDoesNotName) {
  FakeBackend backend;
  backend.commands["lint"] = [](const CommandRequest& request, StepLog&, std::stop_token) {
    return ExitedWith(1, request);
  };
  std::string text = File("  lint: {image: x, run: y}\n");
  text.replace(text.find("image-build"), 0, "needs: [], ");
  const RunSummary summary = RunText(backend, text, Tests(0));
  EXPECT_EQ(OutcomeOf(summary, "test"), Outcome::kPassed);
  EXPECT_EQ(StepOf(summary, "push").result.reason, "step \"lint\" failed");
}

TEST(Push, IsLeftOutWhenSwitchedOff) {
  FakeBackend backend;
  RunOptions options = Tests(0);
  options.push = false;
  const RunSummary summary = RunText(backend, File(), options);
  EXPECT_EQ(summary.outcome, Outcome::kPassed);
  EXPECT_EQ(OutcomeOf(summary, "push"), Outcome::kSkipped);
}

TEST(Push, RefusesATagThatABranchNameCannotBe) {
  FakeBackend backend;
  TriggerEvent event;
  event.tag = "release/1";
  const RunSummary summary = RunText(backend, File(), Tests(0), event);
  EXPECT_EQ(OutcomeOf(summary, "push"), Outcome::kFailed);
  EXPECT_NE(summary.reason.find("\"release/1\" can't be a tag"), std::string::npos);
}

TEST(Tests, KeepTheExitCodeInTheReason) {
  FakeBackend backend;
  backend.commands["test"] = [](const CommandRequest& request, StepLog&, std::stop_token) {
    return ExitedWith(8, request);
  };
  EXPECT_EQ(RunText(backend, File(), Tests(1)).reason,
            "step \"test\": 1 of 4 tests failed (exit code 8)");
  EXPECT_EQ(RunText(backend, File(), Tests(0)).reason, "step \"test\": exit code 8");
}

TEST(Tests, FailTheStepOnlyByWhatFailOnNames) {
  FakeBackend backend;
  std::string text = File();
  text.replace(text.find("junit: r.xml"), 0, "fail-on: [error], ");
  EXPECT_EQ(RunText(backend, text, Tests(1)).outcome, Outcome::kPassed);
  EXPECT_EQ(RunText(backend, text, Tests(0, 0)).reason.find("step \"test\""), std::string::npos);
}

}  // namespace
}  // namespace pipeline
