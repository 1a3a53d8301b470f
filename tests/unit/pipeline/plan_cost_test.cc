// What planning costs, in allocations: they can be counted, and time can't.
#include <gtest/gtest.h>

#include "pipeline/longest_chains.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/plan_maker.h"
#include "tests/unit/pipeline/allocation_count.h"

namespace pipeline {
namespace {

std::string StepsText(int count) {
  std::string text = "defaults: {env: {A: b}}\nsteps:\n";
  for (int i = 0; i < count; ++i) {
    text += "  s" + std::to_string(i) + ": {image: debian:12, run: make, if: branch != 'x'}\n";
  }
  return text;
}

size_t CostOf(const std::string& text) {
  const size_t before = CountAllocations();
  const ParsedFile parsed = ParsePipelineFile(text, "f");
  EXPECT_TRUE(parsed.file);
  const RunPlan plan = MakePlan(*parsed.file, {}, {});
  LongestChains(plan.steps);
  return CountAllocations() - before;
}

TEST(PlanCost, GrowsAsTheFileDoes) {
  const size_t half = CostOf(StepsText(5'000));
  const size_t whole = CostOf(StepsText(10'000));
  EXPECT_LT(whole, half * 21 / 10);
  EXPECT_LT(whole, 10'000u * 1'000u);
}

TEST(LongestChains, CountsTheStepsThatHangOnEach) {
  std::vector<StepPlan> steps(5);
  steps[1].needs = {0};
  steps[2].needs = {1, 4};
  steps[3].needs = {0};
  steps[1].skipped = true;
  EXPECT_EQ(LongestChains(steps), (std::vector<size_t>{2, 1, 1, 1, 2}));
}

}  // namespace
}  // namespace pipeline
