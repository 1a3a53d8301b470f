#include "pipeline/engine.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <variant>

#include "pipeline/command_log.h"
#include "pipeline/longest_chains.h"
#include "pipeline/test_verdict.h"
#include "runtime/base/units.h"

namespace pipeline {
namespace {

using std::chrono::steady_clock;

size_t JobsOf(const RunOptions& options) {
  return options.jobs > 0 ? static_cast<size_t>(options.jobs)
                          : std::max<size_t>(std::thread::hardware_concurrency(), 1);
}

StepResult NotRun(Outcome outcome, std::string reason) {
  StepResult result;
  result.outcome = outcome;
  result.reason = std::move(reason);
  return result;
}

bool IsCommand(const StepPlan& step) { return std::holds_alternative<CommandAction>(step.action); }

const Template* ImageOf(const StepPlan& step) {
  if (const auto* command = std::get_if<CommandAction>(&step.action)) {
    return &command->image;
  }
  if (const auto* build = std::get_if<ImageBuildAction>(&step.action)) {
    return build->from.empty() ? nullptr : &build->from;
  }
  return &std::get<PushAction>(step.action).image;
}

std::string StopReason(Engine::Stopped why, const RunPlan& plan) {
  return why == Engine::Stopped::kCancelled
             ? "the run was cancelled"
             : "the run's timeout of " + runtime::base::FormatDuration(plan.timeout);
}

}  // namespace

Engine::Engine(const RunPlan& plan, const RunFacts& facts, const RunOptions& options,
               StepBackend& backend, RunObserver& observer)
    : plan_(plan),
      facts_(facts),
      backend_(backend),
      observer_(observer),
      runner_(facts, options, backend),
      jobs_(JobsOf(options)),
      checkout_{facts.checkout.workspace, ""},
      chains_(LongestChains(plan.steps)),
      results_(plan.steps.size()),
      states_(plan.steps.size()) {
  makers_.Record(checkout_.layers, "clone");
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    results_[i].name = plan.steps[i].name;
    results_[i].kind = KindOf(plan.steps[i]);
    commands_left_[{plan.steps[i].job, plan.steps[i].in_finally}] +=
        IsCommand(plan.steps[i]) ? 1 : 0;
    states_[i].waits_for = plan.steps[i].needs.size();
    for (const size_t need : plan.steps[i].needs) {
      states_[need].dependents.push_back(i);
    }
    if (states_[i].waits_for == 0 && !plan.steps[i].in_finally) {
      MakeReady(i);
    }
  }
}

Engine::~Engine() {
  stop_steps_.request_stop();
  for (State& state : states_) {
    if (state.thread.joinable()) {
      state.thread.join();
    }
  }
}

void Engine::Run(std::stop_token stop, steady_clock::time_point deadline) {
  const auto last = std::count_if(plan_.steps.begin(), plan_.steps.end(),
                                  [](const StepPlan& step) { return step.in_finally; });
  RunUntil(results_.size() - static_cast<size_t>(last), std::move(stop), deadline);
  BeginFinally();
  RunUntil(results_.size(), {}, deadline);
}

void Engine::BeginFinally() {
  in_finally_ = true;
  stop_steps_ = std::stop_source();
  std::unordered_set<const Workspace*> known;
  for (size_t i = 0; i < plan_.steps.size(); ++i) {
    const State& state = states_[i];
    if (plan_.steps[i].in_finally) {
      if (state.waits_for == 0) {
        MakeReady(i);
      }
      continue;
    }
    const Outcome outcome = results_[i].result.outcome;
    all_.worst = Worse(all_.worst, outcome);
    if (!IsSuccess(outcome) && !all_.failed) {
      all_.failed = i;
    }
    const bool ends = std::all_of(state.dependents.begin(), state.dependents.end(),
                                  [&](size_t other) { return plan_.steps[other].in_finally; });
    for (const Workspace* workspace : state.hands_on) {
      if (ends && known.insert(workspace).second) {
        finally_workspaces_.push_back(workspace);
      }
    }
  }
  if (stopped_ != Stopped::kNo) {
    all_.worst = stopped_ == Stopped::kCancelled ? Outcome::kCancelled : Outcome::kTimedOut;
  }
}

void Engine::MakeReady(size_t i) { ready_.emplace(plan_.steps.size() - chains_[i], i); }

void Engine::RunUntil(size_t settled, std::stop_token stop, steady_clock::time_point deadline) {
  while (settled_ < settled) {
    StopWhenAsked(stop, deadline);
    while (!ready_.empty() && running_ < jobs_) {
      const size_t next = ready_.begin()->second;
      ready_.erase(ready_.begin());
      Begin(next);
    }
    if (running_ > 0) {
      WaitForEnds(stop, deadline);
      TakeEnds();
    }
  }
}

void Engine::StopWhenAsked(const std::stop_token& stop, steady_clock::time_point deadline) {
  if (stopped_ != Stopped::kNo || in_finally_) {
    return;
  }
  if (stop.stop_requested()) {
    stopped_ = Stopped::kCancelled;
  } else if (steady_clock::now() >= deadline) {
    stopped_ = Stopped::kTimedOut;
  } else {
    return;
  }
  stop_steps_.request_stop();
}

void Engine::Begin(size_t i) {
  FindBefore(i);
  std::optional<StepResult> result = ResultWithoutRun(i);
  if (!result) {
    Start(i);
    return;
  }
  results_[i].result = *std::move(result);
  if (results_[i].result.outcome == Outcome::kFailed) {
    observer_.StepStarted(results_[i].name);
    Correct(plan_.steps[i], results_[i].result);
  }
  Settle(i);
}

void Engine::Start(size_t i) {
  StepInput input;
  input.lookup = RunLookup(facts_, plan_, plan_.steps[i], results_, states_[i].before);
  input.workspaces = InputsOf(i);
  // Those of `finally` begin when the jobs have ended, with theirs.
  static const std::vector<ServiceSpec> kNone;
  input.job_services = in_finally_ ? &kNone : &plan_.services;
  // Nobody promised those of `finally` that all fits together: the later step's files are seen.
  input.seams.find_conflict = [this](const std::string& a, const std::string& b) {
    return in_finally_ ? std::nullopt : backend_.FindConflict(a, b);
  };
  input.seams.step_of = [this](const std::string& layer) { return makers_.StepOf(layer); };
  if (std::holds_alternative<PushAction>(plan_.steps[i].action)) {
    input.tested = tested_;
    input.tested_before = tested_before_;
  }
  if (in_finally_) {
    input.run_outcome = all_.worst;
  }
  observer_.StepStarted(results_[i].name);
  try {
    states_[i].thread = std::thread([this, i, given = std::move(input)] { RunOnThread(i, given); });
    ++running_;
  } catch (const std::system_error& e) {
    StepResult& result = results_[i].result;
    result = NotRun(Outcome::kErrored, std::string("start a thread for the step: ") + e.what());
    result.cause = Cause::kOurs;
    Settle(i);
  }
}

void Engine::RunOnThread(size_t i, const StepInput& input) {
  const steady_clock::time_point begin = steady_clock::now();
  CommandLog log(observer_, masks_, results_[i].name);
  StepEnd end = runner_.Run(plan_.steps[i], input, log, stop_steps_.get_token());
  if (end.result.usage.wall.count() == 0) {
    end.result.usage.wall =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
  }
  end.result.summary = masks_.Apply(end.result.summary);
  end.result.annotations = log.TakeAnnotations();
  results_[i].result = std::move(end.result);
  states_[i].workspace = std::move(end.workspace);
  const std::lock_guard lock(mutex_);
  ends_.push_back(i);
  ended_.notify_one();
}

void Engine::WaitForEnds(std::stop_token stop, steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  const auto some_ended = [this] { return !ends_.empty(); };
  if (stopped_ == Stopped::kNo && !in_finally_) {
    ended_.wait_until(lock, std::move(stop), deadline, some_ended);
  } else {
    ended_.wait(lock, some_ended);
  }
}

void Engine::TakeEnds() {
  std::vector<size_t> ends;
  {
    const std::lock_guard lock(mutex_);
    ends.swap(ends_);
  }
  for (const size_t i : ends) {
    states_[i].thread.join();
    --running_;
    Correct(plan_.steps[i], results_[i].result);
    if (const StepResult& result = results_[i].result; ProvesImage(result)) {
      const bool by_fast = plan_.steps[i].fast && !result.reused_from.empty();
      (by_fast ? tested_before_ : tested_).insert(result.image_digest);
    }
    makers_.Record(states_[i].workspace.layers, results_[i].name);
    states_[i].hands_on = {&states_[i].workspace};
    Settle(i);
  }
}

void Engine::Settle(size_t i) {
  if (states_[i].hands_on.empty()) {
    states_[i].hands_on = InputsOf(i);
  }
  ++settled_;
  EndJobOf(i);
  observer_.StepFinished(results_[i]);
  for (const size_t dependent : states_[i].dependents) {
    if (--states_[dependent].waits_for == 0 && plan_.steps[dependent].in_finally == in_finally_) {
      MakeReady(dependent);
    }
  }
}

// A backend that can't clean up says so itself; the step has its outcome.
void Engine::EndJobOf(size_t i) {
  const StepPlan& step = plan_.steps[i];
  if (IsCommand(step) && --commands_left_[{step.job, step.in_finally}] == 0) {
    backend_.EndJob(step.job);
  }
}

void Engine::FindBefore(size_t i) {
  Before& before = states_[i].before;
  if (in_finally_) {
    before = all_;
    return;
  }
  const auto note = [&](size_t failed) {
    before.failed = std::min(before.failed.value_or(failed), failed);
  };
  for (const size_t need : plan_.steps[i].needs) {
    const Outcome outcome = results_[need].result.outcome;
    const Before& earlier = states_[need].before;
    before.worst = Worse(before.worst, Worse(outcome, earlier.worst));
    if (!IsSuccess(outcome)) {
      note(need);
    }
    if (earlier.failed) {
      note(*earlier.failed);
    }
  }
}

std::vector<const Workspace*> Engine::InputsOf(size_t i) const {
  std::vector<const Workspace*> inputs;
  std::unordered_set<const Workspace*> known;
  for (const size_t need : plan_.steps[i].needs) {
    if (plan_.steps[need].in_finally != in_finally_) {
      continue;  // only its result was asked for
    }
    for (const Workspace* workspace : states_[need].hands_on) {
      if (known.insert(workspace).second) {
        inputs.push_back(workspace);
      }
    }
  }
  if (inputs.empty() && in_finally_) {
    inputs = finally_workspaces_;
  }
  return inputs.empty() ? std::vector<const Workspace*>{&checkout_} : inputs;
}

std::optional<StepResult> Engine::ResultWithoutRun(size_t i) const {
  const StepPlan& step = plan_.steps[i];
  const Before& before = states_[i].before;
  if (step.skipped) {
    return NotRun(Outcome::kSkipped, step.skip_reason);
  }
  if (stopped_ != Stopped::kNo && !in_finally_) {
    return NotRun(Outcome::kCancelled, StopReason(stopped_, plan_));
  }
  if (before.failed && !step.after_failure) {
    const StepSummary& failed = results_[*before.failed];
    return NotRun(Outcome::kSkipped,
                  "step \"" + failed.name + "\" " + std::string(ToString(failed.result.outcome)));
  }
  const NameLookup lookup = RunLookup(facts_, plan_, step, results_, before);
  if (step.condition && !IsTrue(step.condition->Evaluate(lookup).value_or(""))) {
    return NotRun(Outcome::kSkipped, "`if: " + step.condition->text() + "` is false");
  }
  return ResultWithoutImage(step, lookup);
}

std::optional<StepResult> Engine::ResultWithoutImage(const StepPlan& step,
                                                     const NameLookup& lookup) const {
  const Template* image = ImageOf(step);
  if (image == nullptr || image->Evaluate(lookup) != "") {
    return std::nullopt;
  }
  for (const std::string& name : image->Names()) {
    const std::optional<StepReference> reference = ParseStepReference(name);
    for (const size_t need : step.needs) {
      if (!reference || plan_.steps[need].step != reference->step) {
        continue;
      }
      const bool skipped = results_[need].result.outcome == Outcome::kSkipped;
      return NotRun(skipped ? Outcome::kSkipped : Outcome::kFailed,
                    "no image: step \"" + results_[need].name +
                        (skipped ? "\" was skipped" : "\" built none"));
    }
  }
  return NotRun(Outcome::kFailed, "no image: `" + image->text() + "` is empty");
}

void Engine::Correct(const StepPlan& step, StepResult& result) const {
  const bool stopped = stopped_ != Stopped::kNo && !in_finally_;
  if (result.outcome == Outcome::kCancelled && stopped) {
    result.reason = StopReason(stopped_, plan_);
    if (stopped_ == Stopped::kTimedOut) {
      result.outcome = Outcome::kTimedOut;
      result.cause = Cause::kTimeout;
    }
  }
  const bool failed = result.outcome == Outcome::kFailed || result.outcome == Outcome::kErrored ||
                      result.outcome == Outcome::kTimedOut;
  if (step.allow_failure && failed && !stopped) {
    result.outcome = Outcome::kWarned;
    result.reason += ", which is allowed";
  }
}

}  // namespace pipeline
