// A run for the tests of records and pages.
#pragma once

#include "reports/run_record.h"

namespace reports {

inline RunRecord SampleRun() {
  RunRecord run;
  run.id = "01kgasd000abcdef";
  run.state = RunState::kFinished;
  run.event.repository = "pie/hello";
  run.event.branch = "main";
  run.event.author = "Ada";
  run.event.title = "Say hello";
  run.pipeline = "hello";
  run.commit = std::string(40, 'a');
  run.started = WallTime(std::chrono::milliseconds(1769860800007));
  run.duration = std::chrono::milliseconds(14250);
  run.outcome = pipeline::Outcome::kFailed;
  run.reason = "step test: 1 of 2 tests failed";
  run.has_tests = true;
  run.tests.tests = 2;
  run.tests.failed = 1;
  run.steps.resize(2);
  run.steps[0].name = "test";
  run.steps[0].kind = "run";
  run.steps[0].state = StepState::kFinished;
  run.steps[0].started = run.started;
  run.steps[0].outcome = pipeline::Outcome::kFailed;
  run.steps[0].cause = pipeline::Cause::kTests;
  run.steps[0].reason = "1 of 2 tests failed";
  run.steps[0].usage.wall = std::chrono::milliseconds(2000);
  run.steps[1].name = "push";
  run.steps[1].kind = "push";
  run.steps[1].needs = {"test"};
  run.steps[1].state = StepState::kFinished;
  run.steps[1].reason = "test failed";
  run.steps[1].pushed = {"localhost:5000/x:1@sha256:" + std::string(64, 'd')};
  return run;
}

// Puts `text` wherever a stranger's text can be.
inline RunRecord HostileRun(const std::string& text) {
  RunRecord run = SampleRun();
  run.id = run.pipeline = run.commit = run.reason = text;
  run.event.repository = run.event.branch = run.event.tag = run.event.author = text;
  run.event.title = text;
  run.diagnostics = {text};
  for (StepRecord& step : run.steps) {
    step.name = step.kind = step.reason = step.image_digest = text;
    step.pushed = {text};
  }
  return run;
}

}  // namespace reports
