// RunObserver: everything that goes up from a run: terminal, run directory, server, statuses.
//
// Calls are made one at a time (the engine holds a lock), from changing threads; they must be quick
// and must not throw. Order: RunStarted, PlanMade (absent when there is no valid file), then per
// step StepStarted, StepLine and StepCommand, StepFinished (steps that were skipped or cancelled
// before they began get StepFinished only), RunFinished. The clone is a step named "clone" and
// comes before PlanMade.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/run_plan.h"
#include "pipeline/step_backend.h"
#include "pipeline/step_result.h"
#include "pipeline/trigger_event.h"
#include "pipeline/workflow_command.h"

namespace pipeline {

struct StepSummary {
  std::string name;
  std::string kind;  // "clone", "run", "image-build", "push"
  StepResult result;
};

struct RunSummary {
  std::string id;
  std::string pipeline;  // its name
  std::string file;      // the pipeline file, where one was named or there are several; else empty
  TriggerEvent event;
  Checkout checkout;
  Outcome outcome = Outcome::kErrored;
  std::string reason;     // why it isn't passed, one line
  bool triggered = true;  // false: skipped, since the file's `on` doesn't name the event
  bool waits = false;     // cancelled before its first step: its group has no room, run it again
  std::chrono::system_clock::time_point started;
  std::chrono::milliseconds duration{0};
  std::vector<StepSummary> steps;       // in file order, the clone first
  std::vector<Diagnostic> diagnostics;  // of the pipeline file, when it is invalid
  TestReport tests;                     // of all steps
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void RunStarted(const std::string& /*run_id*/, const TriggerEvent& /*event*/) {}
  virtual void PlanMade(const RunPlan& /*plan*/) {}
  virtual void StepStarted(const std::string& /*step*/) {}
  virtual void StepLine(const std::string& /*step*/, Stream /*stream*/, std::string_view /*line*/) {
  }
  // A group, or an error, a warning or a notice; after the line that it was.
  virtual void StepCommand(const std::string& /*step*/, const WorkflowCommand& /*command*/) {}
  virtual void StepFinished(const StepSummary& /*step*/) {}
  virtual void RunFinished(const RunSummary& /*summary*/) {}
};

// Passes every call on to each observer, in order. Owns none of them.
class ObserverFanOut : public RunObserver {
 public:
  explicit ObserverFanOut(std::vector<RunObserver*> observers) : observers_(std::move(observers)) {}
  void RunStarted(const std::string& run_id, const TriggerEvent& event) override;
  void PlanMade(const RunPlan& plan) override;
  void StepStarted(const std::string& step) override;
  void StepLine(const std::string& step, Stream stream, std::string_view line) override;
  void StepCommand(const std::string& step, const WorkflowCommand& command) override;
  void StepFinished(const StepSummary& step) override;
  void RunFinished(const RunSummary& summary) override;

 private:
  std::vector<RunObserver*> observers_;
};

}  // namespace pipeline
