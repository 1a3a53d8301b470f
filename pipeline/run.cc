#include "pipeline/run.h"

#include <algorithm>
#include <utility>

#include "pipeline/engine.h"
#include "pipeline/file_reader.h"
#include "pipeline/pipeline_file.h"
#include "pipeline/plan_maker.h"
#include "pipeline/run_facts.h"
#include "pipeline/serial_observer.h"
#include "pipeline/triggers.h"

namespace pipeline {
namespace {

using std::chrono::steady_clock;

std::chrono::milliseconds Since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
}

std::string LastPart(const std::string& repository) {
  return repository.substr(repository.rfind('/') + 1);
}

// One run on its way; the stages are Run()'s lines.
class PipelineRun {
 public:
  PipelineRun(const TriggerEvent& event, const RunOptions& options, StepBackend& backend,
              RunObserver& observer, std::stop_token stop)
      : options_(options), backend_(backend), observer_(observer), stop_(std::move(stop)) {
    facts_.run_id = options.run_id;
    facts_.event = event;
    facts_.pipeline = LastPart(event.repository);
    summary_.id = options.run_id;
    summary_.event = event;
    summary_.started = std::chrono::system_clock::now();
  }

  RunSummary Run() {
    observer_.RunStarted(facts_.run_id, facts_.event);
    try {
      if (CheckOut()) {
        const std::optional<PipelineFile> file = ReadFile();
        if (file && IsTriggered(*file)) {
          RunSteps(*file);
        }
      }
    } catch (const std::exception& e) {
      Conclude(Outcome::kErrored, e.what());
    }
    summary_.pipeline = facts_.pipeline;
    summary_.duration = Since(begin_);
    observer_.RunFinished(summary_);
    return std::move(summary_);
  }

 private:
  bool CheckOut() {
    observer_.StepStarted("clone");
    StepSummary clone = {"clone", "clone", {}};
    ObserverLog log(observer_, "clone");
    try {
      facts_.checkout = backend_.CheckOut(facts_.event, log, stop_);
      clone.result.outcome = Outcome::kPassed;
      clone.result.workspace = facts_.checkout.workspace;
    } catch (const std::exception& e) {
      const bool cancelled = stop_.stop_requested();
      clone.result.outcome = cancelled ? Outcome::kCancelled : Outcome::kErrored;
      clone.result.cause = cancelled ? Cause::kNone : Cause::kOurs;
      clone.result.reason = cancelled ? "the run was cancelled" : e.what();
      Conclude(clone.result.outcome, ReasonOf(clone));
    }
    clone.result.usage.wall = Since(begin_);
    summary_.checkout = facts_.checkout;
    summary_.steps.push_back(clone);
    observer_.StepFinished(clone);
    return clone.result.outcome == Outcome::kPassed;
  }

  std::optional<PipelineFile> ReadFile() {
    FoundFile found = FindPipelineFile(backend_, facts_.checkout.workspace, options_.file);
    ParsedFile parsed;
    if (found.diagnostics.empty()) {
      parsed = ParsePipelineFile(found.text, found.name);
    } else {
      parsed.diagnostics = std::move(found.diagnostics);
    }
    if (parsed.file && !parsed.file->name.empty()) {
      facts_.pipeline = parsed.file->name;
    }
    if (parsed.file) {
      parsed.diagnostics = CheckOnlySteps(*parsed.file, options_.only_steps);
    }
    if (!parsed.diagnostics.empty()) {
      RefuseFile(std::move(parsed.diagnostics));
      return std::nullopt;
    }
    return std::move(parsed.file);
  }

  bool IsTriggered(const PipelineFile& file) {
    std::string reason;
    const bool triggered =
        !options_.only_if_triggered || Matches(file.triggers, facts_.event, reason);
    if (!triggered) {
      Conclude(Outcome::kSkipped, std::move(reason));
    }
    return triggered;
  }

  void RefuseFile(std::vector<Diagnostic> diagnostics) {
    const size_t count = diagnostics.size();
    Conclude(Outcome::kFailed,
             count == 1 ? diagnostics.front().file + ": " + diagnostics.front().message
                        : diagnostics.front().file + ": " + std::to_string(count) + " findings");
    summary_.diagnostics = std::move(diagnostics);
  }

  void RunSteps(const PipelineFile& file) {
    const RunPlan plan = MakePlan(file, facts_, options_);
    observer_.PlanMade(plan);
    Engine engine(plan, facts_, options_, backend_, observer_);
    engine.Run(stop_, begin_ + plan.timeout);
    for (const StepSummary& step : engine.results()) {
      summary_.steps.push_back(step);
      Add(step.result.tests);
    }
    ConcludeFromSteps(engine.stopped());
  }

  void Add(const TestReport& tests) {
    TestReport& all = summary_.tests;
    all.cases.insert(all.cases.end(), tests.cases.begin(), tests.cases.end());
    all.warnings.insert(all.warnings.end(), tests.warnings.begin(), tests.warnings.end());
  }

  // The first of the worst steps decides; a run that was ended early is called so.
  void ConcludeFromSteps(Engine::Stopped stopped) {
    const StepSummary* worst = &summary_.steps.front();
    for (const StepSummary& step : summary_.steps) {
      if (Worse(worst->result.outcome, step.result.outcome) != worst->result.outcome) {
        worst = &step;
      }
    }
    if (stopped == Engine::Stopped::kCancelled) {
      Conclude(Outcome::kCancelled, "the run was cancelled");
    } else if (stopped == Engine::Stopped::kTimedOut) {
      Conclude(Outcome::kTimedOut, "the run's time was up");
    } else {
      Conclude(worst->result.outcome,
               worst->result.outcome == Outcome::kPassed ? "" : ReasonOf(*worst));
    }
  }

  static std::string ReasonOf(const StepSummary& step) {
    return "step \"" + step.name + "\": " + step.result.reason;
  }

  void Conclude(Outcome outcome, std::string reason) {
    summary_.outcome = outcome;
    summary_.reason = std::move(reason);
  }

  const RunOptions& options_;
  StepBackend& backend_;
  SerialObserver observer_;
  const std::stop_token stop_;
  const steady_clock::time_point begin_ = steady_clock::now();
  RunFacts facts_;
  RunSummary summary_;
};

}  // namespace

RunSummary RunPipeline(const TriggerEvent& event, const RunOptions& options, StepBackend& backend,
                       RunObserver& observer, std::stop_token stop) {
  return PipelineRun(event, options, backend, observer, std::move(stop)).Run();
}

}  // namespace pipeline
