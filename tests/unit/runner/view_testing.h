// What the tests of views and run directories share.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "pipeline/run_observer.h"
#include "runtime/base/clock.h"

namespace runner {

// A clock that stands still until it is moved.
class FakeClock : public runtime::base::Clock {
 public:
  WallTime Now() const override {
    return WallTime(std::chrono::seconds(1769860800) + passed_);  // 2026-01-31T12:00:00Z
  }
  MonotonicTime Monotonic() const override { return MonotonicTime(passed_); }
  void Pass(std::chrono::milliseconds time) { passed_ += time; }

 private:
  std::chrono::milliseconds passed_{0};
};

inline pipeline::StepSummary Step(std::string name, std::string kind, pipeline::Outcome outcome,
                                  int milliseconds, std::string reason = "") {
  pipeline::StepSummary step;
  step.name = std::move(name);
  step.kind = std::move(kind);
  step.result.outcome = outcome;
  step.result.usage.wall = std::chrono::milliseconds(milliseconds);
  step.result.reason = std::move(reason);
  return step;
}

// A run whose tests failed: nothing was pushed.
inline pipeline::RunSummary FailedRun() {
  using pipeline::Outcome;
  pipeline::RunSummary run;
  run.id = "01kgasd000abcdef";
  run.pipeline = "hello-cpp";
  run.event.kind = pipeline::EventKind::kPush;
  run.event.repository = "pie/hello";
  run.event.branch = "main";
  run.checkout.commit = std::string(40, 'a');
  run.checkout.title = "Say hello";
  run.outcome = Outcome::kFailed;
  run.reason = "step test: 1 of 2 tests failed";
  run.duration = std::chrono::milliseconds(14250);
  run.steps = {Step("clone", "clone", Outcome::kPassed, 120),
               Step("build", "run", Outcome::kPassed, 12100),
               Step("test", "run", Outcome::kFailed, 2000, "1 of 2 tests failed"),
               Step("push", "push", Outcome::kSkipped, 0, "test failed")};
  run.tests.cases = {
      {"Hello", "Hello", "Greets", "", 0, 0.5, pipeline::CaseResult::kPassed, "", "", ""},
      {"Hello", "Hello", "Counts", "src/hello_test.cc", 12, 0.5, pipeline::CaseResult::kFailed,
       "Expected: 1", "", ""}};
  run.steps[2].result.tests = run.tests;
  run.steps[2].result.has_tests = true;
  run.steps[2].result.cause = pipeline::Cause::kTests;
  return run;
}

inline pipeline::RunSummary PassedRun() {
  using pipeline::Outcome;
  pipeline::RunSummary run = FailedRun();
  run.outcome = Outcome::kPassed;
  run.reason.clear();
  run.steps[2] = Step("test", "run", Outcome::kPassed, 2000);
  run.steps[3] = Step("push", "push", Outcome::kPassed, 300);
  run.steps[3].result.pushed = {"localhost:5000/pie/hello:1.0@sha256:" + std::string(64, 'd')};
  run.tests.cases.pop_back();
  run.steps[2].result.has_tests = true;
  run.steps[2].result.tests = run.tests;
  return run;
}

}  // namespace runner
