// RunPipeline: one run, from checkout to summary. `runner exec` and the server make this very call.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/findings.h"
#include "pipeline/matrix.h"
#include "pipeline/run_observer.h"
#include "pipeline/step_backend.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

struct RunOptions {
  std::string run_id;
  bool only_if_triggered = false;  // the file's `on` decides whether there is anything to run
  KnownKeys keys = KnownKeys::kReleased;
  std::string file;                        // empty: .runner.yml or .runner.yaml of the checkout
  bool fast = false;                       // `--fast`: results of earlier runs, where they fit
  int jobs = 0;                            // steps at once; 0: one per core
  bool push = true;                        // false: push steps are skipped (`--no-push`)
  std::vector<std::string> only_steps;     // `--step`: these and what they need; empty: all
  MatrixCell matrix;                       // `--matrix`: only cells with these values
  std::map<std::string, std::string> env;  // `--env`, over the file's
  // Turns report files into cases: reports::ReadJunit. Here since pipeline doesn't know reports.
  std::function<TestReport(const std::vector<CollectedFile>&)> read_reports;
};

// Never throws for what a repository, a step or a backend does: the summary says it.
// `stop` cancels: running steps are ended, the rest is marked cancelled.
RunSummary RunPipeline(const TriggerEvent& event, const RunOptions& options, StepBackend& backend,
                       RunObserver& observer, std::stop_token stop);

}  // namespace pipeline
