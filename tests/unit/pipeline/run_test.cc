// The frame of a run: the file, the observer.
#include "pipeline/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {
namespace {

// Notes calls without a lock of its own: the engine promises one at a time.
class Notes : public RunObserver {
 public:
  std::vector<std::string> notes;
  void RunStarted(const std::string& id, const TriggerEvent&) override {
    notes.push_back("run " + id);
  }
  void PlanMade(const RunPlan& plan) override { notes.push_back("plan " + plan.name); }
  void StepStarted(const std::string& step) override { notes.push_back("start " + step); }
  void StepLine(const std::string& step, Stream, std::string_view line) override {
    notes.push_back(step + ": " + std::string(line));
  }
  void StepFinished(const StepSummary& step) override {
    notes.push_back("end " + step.name + " " + std::string(ToString(step.result.outcome)));
  }
  void RunFinished(const RunSummary& summary) override {
    notes.push_back("done " + std::string(ToString(summary.outcome)));
  }
};

std::vector<std::string> NotesOf(FakeBackend& backend, const std::string& text) {
  backend.files[".runner.yml"] = text;
  Notes notes;
  RunOptions options;
  options.run_id = "1";
  TriggerEvent event;
  event.repository = "pie/hubot";
  RunPipeline(event, options, backend, notes, {});
  return notes.notes;
}

RunSummary RunFiles(std::map<std::string, std::string> files, const std::string& file = "") {
  FakeBackend backend;
  backend.files = std::move(files);
  RunObserver observer;
  RunOptions options;
  options.file = file;
  return RunPipeline({}, options, backend, observer, {});
}

TEST(RunPipeline, TellsTheObserverInOrder) {
  FakeBackend backend;
  backend.commands["a"] = [](const CommandRequest& request, StepLog& log, std::stop_token) {
    log.Line(Stream::kStdout, "hello");
    return ExitedWith(1, request);
  };
  EXPECT_EQ(NotesOf(backend, "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y}\n"),
            (std::vector<std::string>{"run 1", "start clone", "clone: fetching", "end clone passed",
                                      "plan hubot", "start a", "a: hello", "end a failed",
                                      "end b skipped", "done failed"}));
}

TEST(RunPipeline, TellsAnInvalidFileWithoutAPlan) {
  FakeBackend backend;
  EXPECT_EQ(NotesOf(backend, "steps: {a: {}}"),
            (std::vector<std::string>{"run 1", "start clone", "clone: fetching", "end clone passed",
                                      "done failed"}));
}

TEST(RunPipeline, GivesAllFindingsOfAnInvalidFile) {
  const RunSummary summary = RunFiles({{".runner.yml", "steps: {a: {}, b: {}}"}});
  EXPECT_EQ(summary.outcome, Outcome::kFailed);
  EXPECT_EQ(summary.diagnostics.size(), 2u);
  EXPECT_EQ(summary.reason, ".runner.yml: 2 findings");
}

TEST(RunPipeline, SaysWhatToWriteWhenThereIsNoFile) {
  const RunSummary summary = RunFiles({});
  ASSERT_EQ(summary.diagnostics.size(), 1u);
  EXPECT_EQ(summary.diagnostics[0].code, "E601");
  EXPECT_NE(summary.reason.find("steps:"), std::string::npos);
}

TEST(RunPipeline, RefusesBothSpellingsOfTheFile) {
  const RunSummary summary = RunFiles({{".runner.yml", "steps: {}"}, {".runner.yaml", ""}});
  ASSERT_EQ(summary.diagnostics.size(), 1u);
  EXPECT_EQ(summary.diagnostics[0].code, "E602");
}

TEST(RunPipeline, TakesTheOtherSpellingAndANamedFile) {
  const std::string good = "name: it\nsteps: {a: {image: x, run: y}}";
  EXPECT_EQ(RunFiles({{".runner.yaml", good}}).pipeline, "it");
  EXPECT_EQ(RunFiles({{"ci/x.yml", good}}, "ci/x.yml").outcome, Outcome::kPassed);
  EXPECT_EQ(RunFiles({}, "../x.yml").diagnostics.at(0).code, "E601");
}

TEST(RunPipeline, SkipsWhatTheFileHasNoTriggerForWhereThatDecides) {
  FakeBackend backend;
  backend.files[".runner.yml"] =
      "on: {push: {branches: [main]}}\nsteps:\n  a: {image: x, run: y}\n";
  RunObserver observer;
  RunOptions options;
  options.only_if_triggered = true;
  TriggerEvent event;
  event.branch = "topic";
  const RunSummary skipped = RunPipeline(event, options, backend, observer, {});
  EXPECT_EQ(skipped.outcome, Outcome::kSkipped);
  EXPECT_NE(skipped.reason, "");
  EXPECT_EQ(skipped.steps.size(), 1U);  // The clone.
  event.branch = "main";
  EXPECT_EQ(RunPipeline(event, options, backend, observer, {}).outcome, Outcome::kPassed);
  event.branch = "topic";
  options.only_if_triggered = false;
  EXPECT_EQ(RunPipeline(event, options, backend, observer, {}).outcome, Outcome::kPassed);
}

constexpr char kGrouped[] = "name: ci\nconcurrency: deploy\nsteps: {a: {image: x, run: y}}\n";

TEST(RunPipeline, StartsNoStepOfARunThatMayNotStart) {
  FakeBackend backend;
  backend.files[".runner.yml"] = kGrouped;
  Notes notes;
  RunOptions options;
  std::string asked;
  options.may_start = [&](const RunPlan& plan) {
    asked = plan.name + " " + plan.concurrency.name;
    return false;
  };
  const RunSummary summary = RunPipeline({}, options, backend, notes, {});
  EXPECT_EQ(asked, "ci deploy");
  EXPECT_TRUE(summary.waits);
  EXPECT_EQ(summary.outcome, Outcome::kCancelled);
  EXPECT_TRUE(backend.order.empty());
  EXPECT_EQ(notes.notes.back(), "done cancelled");
  EXPECT_EQ(std::count(notes.notes.begin(), notes.notes.end(), "plan ci"), 0);
}

TEST(RunPipeline, SaysWhyItWasStopped) {
  FakeBackend backend;
  backend.files[".runner.yml"] = kGrouped;
  std::stop_source stop;
  backend.commands["a"] = [&](const CommandRequest& request, StepLog&, std::stop_token) {
    stop.request_stop();
    return Cancelled(request);
  };
  RunObserver observer;
  RunOptions options;
  options.stop_reason = [] { return "cancelled by run 2"; };
  RunSummary summary = RunPipeline({}, options, backend, observer, stop.get_token());
  EXPECT_EQ(summary.outcome, Outcome::kCancelled);
  EXPECT_EQ(summary.reason, "cancelled by run 2");
  // One that was told while it asked.
  options.may_start = [](const RunPlan&) { return false; };
  summary = RunPipeline({}, options, backend, observer, stop.get_token());
  EXPECT_FALSE(summary.waits);
  EXPECT_EQ(summary.reason, "cancelled by run 2");
}

TEST(RunPipeline, AsksForNoPlaceWhenTheEventStartsNothing) {
  FakeBackend backend;
  backend.files[".runner.yml"] = std::string(kGrouped) + "on: [manual]\n";
  RunObserver observer;
  RunOptions options;
  options.only_if_triggered = true;
  options.may_start = [](const RunPlan&) -> bool { throw std::runtime_error("asked"); };
  const RunSummary summary = RunPipeline({}, options, backend, observer, {});
  EXPECT_EQ(summary.outcome, Outcome::kSkipped) << summary.reason;
  EXPECT_FALSE(summary.triggered);
}

TEST(RunPipeline, RefusesAGroupWhoseNameAnInputMadeTooLong) {
  FakeBackend backend;
  backend.files[".runner.yml"] =
      "on: {manual: {inputs: {a: }}}\nconcurrency: \"${{ inputs.a }}${{ inputs.a }}\"\n"
      "steps: {a: {image: x, run: y}}\n";
  RunObserver observer;
  TriggerEvent event;
  event.kind = EventKind::kManual;
  event.inputs["a"] = std::string(4'000, 'x');
  const RunSummary summary = RunPipeline(event, {}, backend, observer, {});
  EXPECT_EQ(summary.outcome, Outcome::kFailed);
  EXPECT_EQ(summary.reason,
            "the name of the `concurrency` group is 8000 bytes long; write one of at most 4096");
  EXPECT_TRUE(backend.order.empty());
}

// A repository whose branches have files of their own.
class Branches : public FakeBackend {
 public:
  Checkout CheckOut(const TriggerEvent& event, StepLog&, std::stop_token) override {
    Checkout checkout;
    checkout.workspace = {event.ref};
    checkout.commit = event.ref;
    return checkout;
  }
  std::optional<std::string> ReadFile(const WorkspaceLayers& workspace, std::string_view path,
                                      size_t) override {
    return path == ".runner.yml" ? std::optional("name: of " + workspace.front() +
                                                 "\nsteps: {a: {image: x, run: y}}\n")
                                 : std::nullopt;
  }
};

TEST(RunPipeline, TakesTheFileOfAnotherCommitWhereThatCounts) {
  Branches backend;
  RunObserver observer;
  RunOptions options;
  TriggerEvent event;
  event.ref = "refs/pull/7/head";
  options.file_from.emplace().ref = "refs/heads/main";
  const RunSummary summary = RunPipeline(event, options, backend, observer, {});
  EXPECT_EQ(summary.pipeline, "of refs/heads/main");
  EXPECT_EQ(summary.checkout.commit, "refs/pull/7/head");
  EXPECT_EQ(backend.ran.at("a").request.workspace, WorkspaceLayers{"refs/pull/7/head"});
}

TEST(ObserverFanOut, PassesEveryCallToEveryObserver) {
  Notes one;
  Notes two;
  ObserverFanOut both({&one, &two});
  FakeBackend backend;
  backend.files[".runner.yml"] = "steps: {a: {image: x, run: y}}";
  RunPipeline({}, {}, backend, both, {});
  EXPECT_EQ(one.notes.size(), 8u);
  EXPECT_EQ(one.notes, two.notes);
}

TEST(Worse, PutsOurFailuresOverTheUsersAndThoseOverSuccess) {
  EXPECT_EQ(Worse(Outcome::kFailed, Outcome::kErrored), Outcome::kErrored);
  EXPECT_EQ(Worse(Outcome::kFailed, Outcome::kSkipped), Outcome::kFailed);
  EXPECT_EQ(Worse(Outcome::kPassed, Outcome::kWarned), Outcome::kWarned);
}

}  // namespace
}  // namespace pipeline
