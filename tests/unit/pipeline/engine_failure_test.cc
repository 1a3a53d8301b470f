// What a run does when something goes wrong.
#include <gtest/gtest.h>

#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>

#include "tests/unit/pipeline/fake_backend.h"

namespace pipeline {
namespace {

FakeBackend::Command Exit(int code) {
  return [code](const CommandRequest& request, StepLog&, std::stop_token) {
    return ExitedWith(code, request);
  };
}

// Ends when it is told to stop, as a container does.
CommandEnd WaitForStop(const CommandRequest& request, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
  return Cancelled(request);
}

TEST(Failure, SkipsWhatDependsOnTheFailedStep) {
  FakeBackend backend;
  backend.commands["b"] = Exit(2);
  const RunSummary summary = RunText(backend,
                                     "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y}\n"
                                     "  c: {image: x, run: y}\n  d: {image: x, run: y}\n"
                                     "  free: {image: x, run: y, needs: [a]}\n");
  EXPECT_EQ(summary.outcome, Outcome::kFailed);
  EXPECT_EQ(summary.reason, "step \"b\": exit code 2");
  EXPECT_EQ(OutcomeOf(summary, "c"), Outcome::kSkipped);
  EXPECT_EQ(StepOf(summary, "d").result.reason, "step \"b\" failed");
  EXPECT_EQ(OutcomeOf(summary, "free"), Outcome::kPassed);
}

TEST(Failure, RunsStepsThatAskForIt) {
  FakeBackend backend;
  backend.commands["a"] = Exit(1);
  const RunSummary summary =
      RunText(backend,
              "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y, if: failed()}\n"
              "  c: {image: x, run: y, if: always() && outcome == 'failed'}\n"
              "  d: {image: x, run: y, if: \"!failed()\"}\n  e: {image: x, run: y}\n");
  EXPECT_EQ(OutcomeOf(summary, "b"), Outcome::kPassed);
  EXPECT_EQ(OutcomeOf(summary, "c"), Outcome::kPassed);
  EXPECT_EQ(OutcomeOf(summary, "d"), Outcome::kSkipped);
  EXPECT_EQ(OutcomeOf(summary, "e"), Outcome::kSkipped) << "b passed, but a failed before it";
  EXPECT_EQ(summary.outcome, Outcome::kFailed);
}

TEST(Failure, ReachesThroughASkippedStep) {
  FakeBackend backend;
  backend.commands["a"] = Exit(1);
  const RunSummary summary =
      RunText(backend,
              "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y, if: tag != ''}\n"
              "  c: {image: x, run: y}\n");
  EXPECT_EQ(StepOf(summary, "b").result.reason, "`if: tag != ''` is false");
  EXPECT_EQ(StepOf(summary, "c").result.reason, "step \"a\" failed");
}

TEST(Failure, ThatIsAllowedIsAWarning) {
  FakeBackend backend;
  backend.commands["a"] = Exit(1);
  const RunSummary summary = RunText(
      backend, "steps:\n  a: {image: x, run: y, allow-failure: true}\n  b: {image: x, run: y}\n");
  EXPECT_EQ(summary.outcome, Outcome::kWarned);
  EXPECT_EQ(OutcomeOf(summary, "a"), Outcome::kWarned);
  EXPECT_EQ(OutcomeOf(summary, "b"), Outcome::kPassed);
}

TEST(Failure, OfTheBackendIsAnErroredStep) {
  FakeBackend backend;
  backend.commands["a"] = [](const CommandRequest&, StepLog&, std::stop_token) -> CommandEnd {
    throw runtime::base::Error(runtime::base::ErrorKind::kNotFound, "image x: not found");
  };
  const RunSummary summary =
      RunText(backend, "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y}\n");
  EXPECT_EQ(summary.outcome, Outcome::kErrored);
  EXPECT_EQ(summary.reason, "step \"a\": image x: not found");
  EXPECT_EQ(StepOf(summary, "a").result.cause, Cause::kOurs);
  EXPECT_EQ(StepOf(summary, "b").result.reason, "step \"a\" errored");
}

TEST(Failure, OfTheCloneEndsTheRun) {
  FakeBackend backend;
  backend.check_out = []() -> Checkout {
    throw runtime::base::Error(runtime::base::ErrorKind::kNotFound, "no such repository");
  };
  const RunSummary summary = RunText(backend, "steps: {a: {image: x, run: y}}");
  EXPECT_EQ(summary.outcome, Outcome::kErrored);
  EXPECT_EQ(summary.reason, "step \"clone\": no such repository");
  EXPECT_EQ(summary.steps.size(), 1u);
}

TEST(Failure, OfAStepWithoutItsImageSkipsOrFails) {
  FakeBackend backend;
  RunSummary summary = RunText(backend,
                               "steps:\n  p: {if: tag != '', image-build: {from: x}}\n"
                               "  t: {image: \"${{ steps.p.image }}\", run: y}\n");
  EXPECT_EQ(StepOf(summary, "t").result.reason, "no image: step \"p\" was skipped");
  EXPECT_EQ(summary.outcome, Outcome::kPassed);
  summary = RunText(backend, "steps:\n  t: {image: \"${{ env.NONE }}\", run: y}\n");
  EXPECT_EQ(OutcomeOf(summary, "t"), Outcome::kFailed);
}

TEST(Cancel, EndsRunningStepsAndMarksTheRest) {
  FakeBackend backend;
  std::stop_source stop;
  std::latch both(3);
  const auto wait = [&](const CommandRequest& request, StepLog&, std::stop_token token) {
    both.count_down();
    return WaitForStop(request, token);
  };
  backend.commands = {{"a", wait}, {"b", wait}};
  std::jthread canceller([&] {
    both.arrive_and_wait();
    stop.request_stop();
  });
  RunOptions options;
  options.jobs = 2;
  const RunSummary summary =
      RunText(backend,
              "steps:\n  a: {image: x, run: y}\n  b: {image: x, run: y, needs: []}\n"
              "  c: {image: x, run: y, if: always()}\n",
              options, {}, stop.get_token());
  EXPECT_EQ(summary.outcome, Outcome::kCancelled);
  EXPECT_EQ(OutcomeOf(summary, "a"), Outcome::kCancelled);
  EXPECT_EQ(OutcomeOf(summary, "b"), Outcome::kCancelled);
  EXPECT_EQ(OutcomeOf(summary, "c"), Outcome::kCancelled);
}

TEST(Cancel, BeforeTheStartStartsNothing) {
  FakeBackend backend;
  std::stop_source stop;
  stop.request_stop();
  const RunSummary summary =
      RunText(backend, "steps: {a: {image: x, run: y}}", {}, {}, stop.get_token());
  EXPECT_EQ(summary.outcome, Outcome::kCancelled);
  EXPECT_TRUE(backend.order.empty());
}

TEST(Timeout, OfTheRunEndsItsSteps) {
  FakeBackend backend;
  backend.commands["a"] = [](const CommandRequest& request, StepLog&, std::stop_token stop) {
    return WaitForStop(request, stop);
  };
  const RunSummary summary =
      RunText(backend, "timeout: 50ms\nsteps:\n  a: {image: x, run: y}\n  b: {image: x, run: y}\n");
  EXPECT_EQ(summary.outcome, Outcome::kTimedOut);
  EXPECT_EQ(OutcomeOf(summary, "a"), Outcome::kTimedOut);
  EXPECT_EQ(StepOf(summary, "a").result.reason, "the run's timeout of 50 ms");
  EXPECT_EQ(OutcomeOf(summary, "b"), Outcome::kCancelled);
}

}  // namespace
}  // namespace pipeline
