#include "pipeline/run_observer.h"

#include "pipeline/serial_observer.h"

namespace pipeline {

void ObserverFanOut::RunStarted(const std::string& run_id, const TriggerEvent& event) {
  for (RunObserver* observer : observers_) {
    observer->RunStarted(run_id, event);
  }
}

void ObserverFanOut::PlanMade(const RunPlan& plan) {
  for (RunObserver* observer : observers_) {
    observer->PlanMade(plan);
  }
}

void ObserverFanOut::StepStarted(const std::string& step) {
  for (RunObserver* observer : observers_) {
    observer->StepStarted(step);
  }
}

void ObserverFanOut::StepLine(const std::string& step, Stream stream, std::string_view line) {
  for (RunObserver* observer : observers_) {
    observer->StepLine(step, stream, line);
  }
}

void ObserverFanOut::StepCommand(const std::string& step, const WorkflowCommand& command) {
  for (RunObserver* observer : observers_) {
    observer->StepCommand(step, command);
  }
}

void ObserverFanOut::StepFinished(const StepSummary& step) {
  for (RunObserver* observer : observers_) {
    observer->StepFinished(step);
  }
}

void ObserverFanOut::RunFinished(const RunSummary& summary) {
  for (RunObserver* observer : observers_) {
    observer->RunFinished(summary);
  }
}

void SerialObserver::RunStarted(const std::string& run_id, const TriggerEvent& event) {
  const std::lock_guard lock(mutex_);
  observer_.RunStarted(run_id, event);
}

void SerialObserver::PlanMade(const RunPlan& plan) {
  const std::lock_guard lock(mutex_);
  observer_.PlanMade(plan);
}

void SerialObserver::StepStarted(const std::string& step) {
  const std::lock_guard lock(mutex_);
  observer_.StepStarted(step);
}

void SerialObserver::StepLine(const std::string& step, Stream stream, std::string_view line) {
  const std::lock_guard lock(mutex_);
  observer_.StepLine(step, stream, line);
}

void SerialObserver::StepCommand(const std::string& step, const WorkflowCommand& command) {
  const std::lock_guard lock(mutex_);
  observer_.StepCommand(step, command);
}

void SerialObserver::StepFinished(const StepSummary& step) {
  const std::lock_guard lock(mutex_);
  observer_.StepFinished(step);
}

void SerialObserver::RunFinished(const RunSummary& summary) {
  const std::lock_guard lock(mutex_);
  observer_.RunFinished(summary);
}

}  // namespace pipeline
