// What a run does when all goes well: order, parallel steps, what steps are given.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {
namespace {

TEST(Engine, RunsStepsInFileOrder) {
  FakeBackend backend;
  const RunSummary summary = RunText(backend,
                                     "steps:\n  c: {image: x, run: y}\n  a: {image: x, run: y}\n"
                                     "  b: {image: x, argv: [z]}\n");
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.order, (std::vector<std::string>{"c", "a", "b"}));
  std::vector<std::string> names;
  for (const StepSummary& step : summary.steps) {
    names.push_back(step.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"clone", "c", "a", "b"}));
}

TEST(Engine, RunsIndependentStepsAtTheSameTime) {
  FakeBackend backend;
  // Each waits for the other: one at a time would never end.
  std::latch both(2);
  const auto meet = [&](const CommandRequest& request, StepLog&, std::stop_token) {
    both.arrive_and_wait();
    return Passed(request);
  };
  backend.commands = {{"a", meet}, {"b", meet}};
  RunOptions options;
  options.jobs = 2;
  const RunSummary summary = RunText(
      backend, "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y, needs: []}\n", options);
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
}

TEST(Engine, RunsNoMoreStepsAtOnceThanAllowed) {
  FakeBackend backend;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  const auto count = [&](const CommandRequest& request, StepLog&, std::stop_token) {
    most = std::max(most.load(), ++running);
    std::this_thread::yield();
    --running;
    return Passed(request);
  };
  std::string text = "steps:\n";
  for (int i = 0; i < 20; ++i) {
    const std::string name = "s" + std::to_string(i);
    text += "  " + name + ": {image: x, run: y, needs: []}\n";
    backend.commands[name] = count;
  }
  RunOptions options;
  options.jobs = 1;
  EXPECT_EQ(RunText(backend, text, options).outcome, Outcome::kPassed);
  EXPECT_EQ(most, 1);
}

TEST(Engine, PassesTheWorkspaceFromStepToStep) {
  FakeBackend backend;
  RunText(backend,
          "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y, workspace: none}\n"
          "  c: {image-build: {from: x}}\n  d: {image: x, run: y}\n");
  EXPECT_EQ(backend.ran["a"].request.workspace, WorkspaceLayers{"tree"});
  EXPECT_EQ(backend.ran["b"].request.workspace, WorkspaceLayers{});
  EXPECT_EQ(backend.built["c"].request.workspace.front(), "tree");
}

TEST(Engine, GivesEveryStepTheRunsVariables) {
  FakeBackend backend;
  TriggerEvent event;
  event.kind = EventKind::kPullRequest;
  event.repository = "pie/hubot";
  event.branch = "$(id)";
  event.pull_request = 7;
  RunOptions options;
  options.run_id = "r1";
  options.env = {{"OVER", "command line"}};
  RunText(backend,
          "name: n\nenv: {TOP: \"${{ branch }}\", OVER: file}\nsteps:\n  a: {image: x, run: y, "
          "limits: {cpu: 0.5}, env: {OWN: \"${{ env.TOP }}!\", CI: mine}}\n",
          options, event);
  const std::map<std::string, std::string> expected = {{"CI", "mine"},
                                                       {"CPUS", "1"},
                                                       {"OVER", "command line"},
                                                       {"OWN", "$(id)!"},
                                                       {"RUNNER", "true"},
                                                       {"RUNNER_BRANCH", "$(id)"},
                                                       {"RUNNER_COMMIT", std::string(40, 'a')},
                                                       {"RUNNER_EVENT", "pull-request"},
                                                       {"RUNNER_PIPELINE", "n"},
                                                       {"RUNNER_PR", "7"},
                                                       {"RUNNER_REPOSITORY", "pie/hubot"},
                                                       {"RUNNER_RUN_ID", "r1"},
                                                       {"RUNNER_STEP", "a"},
                                                       {"RUNNER_TAG", ""},
                                                       {"RUNNER_WORKSPACE", "/workspace"},
                                                       {"SOURCE_DATE_EPOCH", "1700000000"},
                                                       {"TOP", "$(id)"}};
  EXPECT_EQ(backend.ran["a"].request.env, expected);
}

TEST(Engine, GivesLaterStepsTheResultsThatTheyMention) {
  FakeBackend backend;
  backend.commands["a"] = [](const CommandRequest& request, StepLog&, std::stop_token) {
    CommandEnd end = Passed(request);
    end.result.outputs["version"] = "1.2";
    return end;
  };
  const RunSummary summary =
      RunText(backend,
              "steps:\n  a: {image: x, run: y}\n"
              "  p: {image-build: {from: x, labels: {v: \"${{ steps.a.outputs.version }}\"}}}\n"
              "  b: {image: \"${{ steps.p.image }}\", argv: [echo, \"${{ steps.a.outcome }}\"]}\n");
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.built["p"].action.labels["v"], "1.2");
  EXPECT_EQ(backend.ran["b"].request.image, "sha256:p");
  EXPECT_EQ(backend.ran["b"].action.argv, (std::vector<std::string>{"echo", "passed"}));
}

TEST(Engine, LeavesOutStepsWhoseConditionIsFalse) {
  FakeBackend backend;
  const RunSummary summary = RunText(backend,
                                     "steps:\n  a: {image: x, run: y, if: branch == 'other'}\n"
                                     "  b: {image: x, run: y}\n"
                                     "  c: {image: x, run: y, if: steps.b.outcome == 'failed'}\n"
                                     "  d: {image: x, run: y}\n");
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.order, (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(StepOf(summary, "a").result.reason, "`if: branch == 'other'` is false");
  EXPECT_EQ(StepOf(summary, "c").result.reason, "`if: steps.b.outcome == 'failed'` is false");
  EXPECT_EQ(backend.ran["d"].request.workspace, (WorkspaceLayers{"tree", "layer-b"}));
}

TEST(Engine, RunsOnlyTheStepsAskedForAndWhatTheyNeed) {
  FakeBackend backend;
  RunOptions options;
  options.only_steps = {"b"};
  RunText(backend,
          "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y}\n  c: {image: x, run: y}\n",
          options);
  EXPECT_EQ(backend.order, (std::vector<std::string>{"a", "b"}));
  options.only_steps = {"bb"};
  const RunSummary summary = RunText(backend, "steps: {b: {image: x, run: y}}", options);
  ASSERT_EQ(summary.diagnostics.size(), 1u);
  EXPECT_NE(summary.diagnostics[0].message.find("did you mean \"b\"?"), std::string::npos);
}

TEST(Engine, RunsAChainOfThousandsOfSteps) {
  FakeBackend backend;
  std::string text = "steps:\n";
  for (int i = 0; i < 3000; ++i) {
    text += "  s" + std::to_string(i) + ": {image: x, run: y, workspace: none}\n";
  }
  const RunSummary summary = RunText(backend, text);
  EXPECT_EQ(summary.outcome, Outcome::kPassed) << summary.reason;
  EXPECT_EQ(backend.order.size(), 3000u);
}

}  // namespace
}  // namespace pipeline
