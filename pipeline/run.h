// RunPipeline: one run, from checkout to summary. `runner exec` and the server make this very call.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/matrix.h"
#include "pipeline/run_observer.h"
#include "pipeline/run_plan.h"
#include "pipeline/step_backend.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

// A pipeline of a repository that has several.
struct NamedPipeline {
  std::string file;  // in the repository
  std::string name;  // empty: it is called as the repository
};

struct RunOptions {
  std::string run_id;
  // The run that this one replays: steps see its id in place of their own. Empty: none.
  std::string replays;
  unsigned cpus = 0;  // that steps count on, without a limit of their own; 0: those of this process
  bool only_if_triggered = false;       // the file's `on` decides whether there is anything to run
  std::string file;                     // empty: the checkout's own (pipeline_choice.h)
  bool fast = false;                    // `--fast`: results of earlier runs, where they fit
  int jobs = 0;                         // steps at once; 0: one per core
  bool push = true;                     // false: push steps are skipped (`--no-push`)
  std::vector<std::string> only_steps;  // `--step`: these and what they need; empty: all
  MatrixCell matrix;                    // `--matrix`: only cells with these values
  std::map<std::string, std::string> env;  // `--env`, over the file's
  // Whose pipeline file counts: of a stranger's commits it isn't their own. Nothing: the event's.
  std::optional<TriggerEvent> file_from;
  // The repository has several pipelines, and this run is of `own`, the first of those that have
  // something to do for the event: each of `others` needs a run of its own, with its `file`. Asked
  // once, before may_start, and never when `file` is given. Null: others aren't run.
  std::function<void(const NamedPipeline& own, const std::vector<NamedPipeline>& others)> share_out;
  // May the run go on beside the others of its group (RunPlan::concurrency)? Asked once, when its
  // plan is made, before any step starts; one that may not ends as RunSummary::waits, or as
  // cancelled if it was stopped. Null: it may.
  std::function<bool(const RunPlan&)> may_start;
  // Why `stop` was requested, one line; null or empty: nobody says.
  std::function<std::string()> stop_reason;
  // Turns report files into cases: reports::ReadJunit. Here since pipeline doesn't know reports.
  std::function<TestReport(const std::vector<CollectedFile>&)> read_reports;
};

// Never throws for what a repository, a step or a backend does: the summary says it.
// `stop` cancels: running steps are ended, the rest is marked cancelled.
RunSummary RunPipeline(const TriggerEvent& event, const RunOptions& options, StepBackend& backend,
                       RunObserver& observer, std::stop_token stop);

}  // namespace pipeline
