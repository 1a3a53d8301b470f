// SerialObserver: the one lock that run_observer.h promises.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "pipeline/run_observer.h"

namespace pipeline {

// Calls may come from any thread; `observer` gets them one at a time. Doesn't own it.
class SerialObserver : public RunObserver {
 public:
  explicit SerialObserver(RunObserver& observer) : observer_(observer) {}
  void RunStarted(const std::string& run_id, const TriggerEvent& event) override;
  void PlanMade(const RunPlan& plan) override;
  void StepStarted(const std::string& step) override;
  void StepLine(const std::string& step, Stream stream, std::string_view line) override;
  void StepCommand(const std::string& step, const WorkflowCommand& command) override;
  void StepFinished(const StepSummary& step) override;
  void RunFinished(const RunSummary& summary) override;

 private:
  std::mutex mutex_;
  RunObserver& observer_;
};

// The log of one step, as lines of an observer.
class ObserverLog : public StepLog {
 public:
  ObserverLog(RunObserver& observer, std::string step)
      : observer_(observer), step_(std::move(step)) {}
  void Line(Stream stream, std::string_view line) override {
    observer_.StepLine(step_, stream, line);
  }

 private:
  RunObserver& observer_;
  std::string step_;
};

}  // namespace pipeline
