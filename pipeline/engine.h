// Engine: runs the steps of a plan, as many at once as allowed, each as soon as what it waits for
// has ended; of several that may start, the one first that most of the run hangs on. Then, however
// that went, the steps of `finally`: neither a cancel nor the run's timeout ends them.
//
// A step's backend call is made on a thread of its own that lives as long as the call; everything
// else (what may start, what is skipped, results) happens on the thread that calls Run().
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/layer_makers.h"
#include "pipeline/mask_set.h"
#include "pipeline/run.h"
#include "pipeline/run_facts.h"
#include "pipeline/run_observer.h"
#include "pipeline/run_plan.h"
#include "pipeline/step_lookup.h"
#include "pipeline/step_runner.h"
#include "pipeline/workspace_merge.h"

namespace pipeline {

class Engine {
 public:
  // Why steps ended that had not come to their end.
  enum class Stopped { kNo, kCancelled, kTimedOut };

  // All must outlive this object; `observer` takes calls from several threads.
  Engine(const RunPlan& plan, const RunFacts& facts, const RunOptions& options,
         StepBackend& backend, RunObserver& observer);
  ~Engine();

  // Once. Returns when every step has an outcome and no thread is left. `deadline` is the run's.
  void Run(std::stop_token stop, std::chrono::steady_clock::time_point deadline);

  // After Run(), in file order.
  const std::vector<StepSummary>& results() const { return results_; }
  Stopped stopped() const { return stopped_; }

 private:
  // A step's way through the run. What a thread of a step reads of others was written before it
  // started: those that it waits for have ended.
  struct State {
    size_t waits_for = 0;  // steps that haven't ended
    std::vector<size_t> dependents;
    Before before;
    Workspace workspace;  // after a step that ran
    // What dependents start from: its workspace, or what it would have started from.
    std::vector<const Workspace*> hands_on;
    std::thread thread;
  };

  // Until so many steps have their outcome.
  void RunUntil(size_t settled, std::stop_token stop,
                std::chrono::steady_clock::time_point deadline);
  void BeginFinally();
  void MakeReady(size_t i);
  void Begin(size_t i);
  void Start(size_t i);
  void RunOnThread(size_t i, const StepInput& input);
  void StopWhenAsked(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline);
  void WaitForEnds(std::stop_token stop, std::chrono::steady_clock::time_point deadline);
  void TakeEnds();
  // The step has its outcome: tell it, and let go what waited for it.
  void Settle(size_t i);

  void EndJobOf(size_t i);
  void FindBefore(size_t i);
  std::vector<const Workspace*> InputsOf(size_t i) const;
  // How the step ends when it isn't run at all; nothing when it is.
  std::optional<StepResult> ResultWithoutRun(size_t i) const;
  std::optional<StepResult> ResultWithoutImage(const StepPlan& step,
                                               const NameLookup& lookup) const;
  // What the run makes of a result: allowed to fail, ended by the run's own end.
  void Correct(const StepPlan& step, StepResult& result) const;

  const RunPlan& plan_;
  const RunFacts& facts_;
  StepBackend& backend_;
  RunObserver& observer_;
  const StepRunner runner_;
  const size_t jobs_;
  const Workspace checkout_;
  const std::vector<size_t> chains_;

  bool in_finally_ = false;
  Before all_;                                        // of `finally`: how the run went
  std::vector<const Workspace*> finally_workspaces_;  // what it starts from

  std::vector<StepSummary> results_;
  std::vector<State> states_;
  std::set<std::string> tested_;         // image digests that a passed test step ran in
  std::set<std::string> tested_before_;  // that a result taken for `--fast` was of
  // Of the longest chain first, then in file order: steps before it in the longest of all, index.
  std::set<std::pair<size_t, size_t>> ready_;
  // Command steps without an outcome, by job and whether it is `finally`.
  std::map<std::pair<std::string, bool>, size_t> commands_left_;
  size_t running_ = 0;
  size_t settled_ = 0;
  Stopped stopped_ = Stopped::kNo;
  std::stop_source stop_steps_;
  LayerMakers makers_;
  MaskSet masks_;

  std::mutex mutex_;                   // guards ends_
  std::condition_variable_any ended_;  // ends_ grew
  std::vector<size_t> ends_;           // steps whose thread is done with them
};

}  // namespace pipeline
