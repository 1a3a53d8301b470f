#include "pipeline/workspace_merge.h"

#include <gtest/gtest.h>

#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {
namespace {

constexpr char kDiamond[] =
    "steps:\n  base: {image: x, run: y}\n  left: {image: x, run: y, needs: [base]}\n"
    "  right: {image: x, run: y, needs: [base]}\n"
    "  join: {image: x, run: y, needs: [right, left]}\n";

TEST(Merge, StacksLayersInFileOrderWithTheCommonOnesOnce) {
  FakeBackend backend;
  const RunSummary summary = RunText(backend, kDiamond);
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.ran["join"].request.workspace,
            (WorkspaceLayers{"tree", "layer-base", "layer-left", "layer-right"}));
}

TEST(Merge, FailsTheStepNamingPathAndBothSteps) {
  FakeBackend backend;
  backend.conflicts[{"layer-left", "layer-right"}] = "out/x";
  const RunSummary summary = RunText(backend, kDiamond);
  EXPECT_EQ(OutcomeOf(summary, "join"), Outcome::kFailed);
  EXPECT_EQ(StepOf(summary, "join").result.reason,
            "steps \"left\" and \"right\" both changed out/x to different contents; let one need "
            "the other, or write to different paths");
  EXPECT_FALSE(backend.ran.contains("join"));
}

TEST(Merge, ComparesNoLayerWithOneThatItWasMadeOn) {
  FakeBackend backend;
  backend.conflicts[{"layer-base", "layer-left"}] = "p";
  backend.conflicts[{"tree", "layer-right"}] = "p";
  EXPECT_EQ(RunText(backend, kDiamond).outcome, Outcome::kPassed);
}

TEST(Merge, KeepsAConflictFromStepsThatDontLookAtTheWorkspace) {
  FakeBackend backend;
  backend.conflicts[{"layer-left", "layer-right"}] = "out/x";
  const std::string text = std::string(kDiamond) + "  after: {image: x, run: y, needs: [join]}\n";
  std::string blind = text;
  blind.replace(blind.find("needs: [right"), 0, "workspace: none, ");
  const RunSummary summary = RunText(backend, blind);
  EXPECT_EQ(OutcomeOf(summary, "join"), Outcome::kPassed);
  EXPECT_EQ(OutcomeOf(summary, "after"), Outcome::kFailed);
}

TEST(Merge, LetsFinallySeeTheFilesOfTheLaterStep) {
  FakeBackend backend;
  backend.conflicts[{"layer-left", "layer-right"}] = "out/x";
  std::string text = kDiamond;
  text.resize(text.find("  join:"));
  const RunSummary summary = RunText(backend, text + "finally: {f: {image: x, run: y}}\n");
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.ran["f"].request.workspace,
            (WorkspaceLayers{"tree", "layer-base", "layer-left", "layer-right"}));
}

TEST(Merge, IsDoneBehindASkippedStep) {
  FakeBackend backend;
  backend.conflicts[{"layer-left", "layer-right"}] = "out/x";
  std::string text = std::string(kDiamond) + "  after: {image: x, run: y, needs: [join]}\n";
  text.replace(text.find("needs: [right"), 0, "if: tag != '', ");
  const RunSummary summary = RunText(backend, text);
  EXPECT_EQ(OutcomeOf(summary, "join"), Outcome::kSkipped);
  EXPECT_EQ(OutcomeOf(summary, "after"), Outcome::kFailed);
}

}  // namespace
}  // namespace pipeline
