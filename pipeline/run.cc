#include "pipeline/run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pipeline/engine.h"
#include "pipeline/pipeline_choice.h"
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
    facts_.run_id = options.replays.empty() ? options.run_id : options.replays;
    facts_.cpus = options.cpus;
    facts_.event = event;
    facts_.pipeline = LastPart(event.repository);
    summary_.id = options.run_id;
    summary_.event = event;
    summary_.started = std::chrono::system_clock::now();
  }

  RunSummary Run() {
    observer_.RunStarted(options_.run_id, facts_.event);
    try {
      if (CheckOut() && HasPipeline() && IsValid() && IsTriggered()) {
        const RunPlan plan = MakePlan(*pipeline_->parsed, facts_, options_);
        if (MayStart(plan)) {
          RunSteps(plan);
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
      ReadFiles(log);
      if (pipeline_ && pipeline_->parsed) {
        CloneSpec spec = pipeline_->parsed->clone;
        spec.timeout = pipeline_->parsed->timeout;
        facts_.checkout = backend_.CheckOutAs(spec, facts_.event, facts_.checkout, log, stop_);
      }
      clone.result.outcome = Outcome::kPassed;
      clone.result.workspace = facts_.checkout.workspace;
    } catch (const std::exception& e) {
      const bool cancelled = stop_.stop_requested();
      clone.result.outcome = cancelled ? Outcome::kCancelled : Outcome::kErrored;
      clone.result.cause = cancelled ? Cause::kNone : Cause::kOurs;
      clone.result.reason = cancelled ? StopReason() : e.what();
      Conclude(clone.result.outcome, ReasonOf(clone));
    }
    clone.result.usage.wall = Since(begin_);
    summary_.checkout = facts_.checkout;
    summary_.steps.push_back(clone);
    observer_.StepFinished(clone);
    return clone.result.outcome == Outcome::kPassed;
  }

  // Checks the event's commit out, and reads its pipeline files: pipeline_ is the one of this run.
  void ReadFiles(StepLog& log) {
    WorkspaceLayers of_file;
    if (options_.file_from) {
      of_file = backend_.CheckOut(*options_.file_from, log, stop_).workspace;
    }
    facts_.checkout = backend_.CheckOut(facts_.event, log, stop_);
    std::vector<ReadPipeline> all = ReadPipelines(
        backend_, options_.file_from ? of_file : facts_.checkout.workspace, options_.file);
    several_ = all.size() > 1;
    if (several_) {
      const size_t count = all.size();
      TriggerEvent event = facts_.event;
      event.branch = BranchOf(facts_);
      all = PipelinesFor(std::move(all), event, [&]() -> const ChangedPaths& { return Changed(); });
      if (all.empty()) {
        NotTriggered("none of the repository's " + std::to_string(count) +
                     " pipelines has an `on` that names this event");
        return;
      }
      ShareOut(all);
    }
    pipeline_ = std::move(all.front());
    if (several_ || !options_.file.empty()) {
      summary_.file = pipeline_->file;
    }
    if (!pipeline_->name.empty()) {
      facts_.pipeline = pipeline_->name;
    }
  }

  void ShareOut(const std::vector<ReadPipeline>& pipelines) {
    if (!options_.share_out) {
      return;
    }
    std::vector<NamedPipeline> named;
    for (const ReadPipeline& pipeline : pipelines) {
      named.push_back({pipeline.file, pipeline.name});
    }
    options_.share_out(named.front(), {named.begin() + 1, named.end()});
  }

  const ChangedPaths& Changed() {
    if (!changed_) {
      changed_ = backend_.ChangedPaths(facts_.event, facts_.checkout, stop_);
    }
    return *changed_;
  }

  bool HasPipeline() const { return pipeline_.has_value(); }

  bool IsValid() {
    std::vector<Diagnostic> findings = pipeline_->findings;
    if (pipeline_->parsed) {
      findings = CheckOptions(*pipeline_->parsed, options_);
      facts_.inputs = ResolveInputs(pipeline_->parsed->triggers.inputs, facts_.event, findings);
    }
    if (!findings.empty()) {
      RefuseFile(std::move(findings));
      return false;
    }
    return true;
  }

  bool IsTriggered() {
    if (!options_.only_if_triggered || several_) {
      return true;  // Nobody asks, or it was asked when this one was chosen.
    }
    const Triggers& triggers = pipeline_->parsed->triggers;
    std::string reason;
    const bool triggered =
        Matches(triggers, facts_.event,
                AsksForPaths(triggers, facts_.event) ? Changed() : ChangedPaths(), reason);
    if (!triggered) {
      NotTriggered(std::move(reason));
    }
    return triggered;
  }

  void NotTriggered(std::string reason) {
    summary_.triggered = false;
    Conclude(Outcome::kSkipped, std::move(reason));
  }

  bool MayStart(const RunPlan& plan) {
    const std::string& group = plan.concurrency.name;
    if (group.size() > kMaxGroupBytes) {
      Conclude(Outcome::kFailed,
               "the name of the `concurrency` group is " + std::to_string(group.size()) +
                   " bytes long; write one of at most " + std::to_string(kMaxGroupBytes));
      return false;
    }
    if (!options_.may_start || options_.may_start(plan)) {
      return true;
    }
    summary_.waits = !stop_.stop_requested();
    Conclude(Outcome::kCancelled,
             summary_.waits ? "it waits for others of its group" : StopReason());
    return false;
  }

  std::string StopReason() const {
    const std::string reason = options_.stop_reason ? options_.stop_reason() : "";
    return reason.empty() ? "the run was cancelled" : reason;
  }

  void RefuseFile(std::vector<Diagnostic> diagnostics) {
    const size_t count = diagnostics.size();
    Conclude(Outcome::kFailed,
             count == 1 ? diagnostics.front().file + ": " + diagnostics.front().message
                        : diagnostics.front().file + ": " + std::to_string(count) + " findings");
    summary_.diagnostics = std::move(diagnostics);
  }

  void RunSteps(const RunPlan& plan) {
    observer_.PlanMade(plan);
    Engine engine(plan, facts_, options_, backend_, observer_);
    engine.Run(stop_, begin_ + plan.timeout);
    for (const StepSummary& step : engine.results()) {
      summary_.steps.push_back(step);
      summary_.tests.Add(step.result.tests);
    }
    ConcludeFromSteps(plan, engine.stopped());
  }

  // The first of the worst steps decides; a run that was ended early is called so. A step of
  // `finally` decides a run in which all went well until then.
  void ConcludeFromSteps(const RunPlan& plan, Engine::Stopped stopped) {
    const StepSummary* worst = &summary_.steps.front();
    for (size_t i = 0; i < plan.steps.size(); ++i) {
      const StepSummary& step = summary_.steps[i + 1];  // after the clone
      if (plan.steps[i].in_finally && !IsSuccess(worst->result.outcome)) {
        break;
      }
      if (Worse(worst->result.outcome, step.result.outcome) != worst->result.outcome) {
        worst = &step;
      }
    }
    // The last steps may have ended by the stop before the engine saw it.
    const bool by_stop = stop_.stop_requested() && worst->result.outcome == Outcome::kCancelled;
    if (stopped == Engine::Stopped::kCancelled || by_stop) {
      Conclude(Outcome::kCancelled, StopReason());
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
  bool several_ = false;                  // pipelines, of which this run has chosen its own
  std::optional<ReadPipeline> pipeline_;  // none: none has something to do for the event
  std::optional<ChangedPaths> changed_;
  RunSummary summary_;
};

}  // namespace

RunSummary RunPipeline(const TriggerEvent& event, const RunOptions& options, StepBackend& backend,
                       RunObserver& observer, std::stop_token stop) {
  return PipelineRun(event, options, backend, observer, std::move(stop)).Run();
}

}  // namespace pipeline
