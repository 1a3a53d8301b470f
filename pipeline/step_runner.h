// Runs one step: from its plan to a backend's call to its result.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "pipeline/command_log.h"
#include "pipeline/run.h"
#include "pipeline/run_facts.h"
#include "pipeline/run_plan.h"
#include "pipeline/step_backend.h"
#include "pipeline/workspace_merge.h"

namespace pipeline {

// What a step gets when it starts.
struct StepInput {
  NameLookup lookup;
  std::vector<const Workspace*> workspaces;  // of the steps that it waits for, in file order
  MergeSeams seams;
  const std::vector<ServiceSpec>* job_services = nullptr;
  std::optional<Outcome> run_outcome;  // in `finally`: how all went before
  std::set<std::string> tested;  // of a push: digests that a passed test step of the run ran in
  std::set<std::string> tested_before;  // those that only results taken for `--fast` ran in
};

struct StepEnd {
  StepResult result;
  Workspace workspace;  // what it hands on
};

// Throws nothing: an Error of the backend is an errored result. Safe from several threads at once.
class StepRunner {
 public:
  // All must outlive this object.
  StepRunner(const RunFacts& facts, const RunOptions& options, StepBackend& backend)
      : facts_(facts), options_(options), backend_(backend) {}

  // All its attempts, as `retry` allows.
  StepEnd Run(const StepPlan& step, const StepInput& input, CommandLog& log,
              std::stop_token stop) const;

 private:
  StepEnd Attempt(const StepPlan& step, const StepInput& input, uint32_t attempt, CommandLog& log,
                  std::stop_token stop) const;
  StepResult Act(const StepPlan& step, const StepInput& input, uint32_t attempt,
                 const WorkspaceLayers& workspace, CommandLog& log, std::stop_token stop) const;
  StepResult RunCommand(const StepPlan& step, const CommandAction& action, const StepInput& input,
                        uint32_t attempt, const WorkspaceLayers& workspace, CommandLog& log,
                        std::stop_token stop) const;
  StepResult BuildImage(const StepPlan& step, const ImageBuildAction& action,
                        const StepInput& input, const WorkspaceLayers& workspace, CommandLog& log,
                        std::stop_token stop) const;
  StepResult Push(const StepPlan& step, const PushAction& action, const StepInput& input,
                  CommandLog& log, std::stop_token stop) const;

  const RunFacts& facts_;
  const RunOptions& options_;
  StepBackend& backend_;
};

// Does the step look at the workspace?
bool UsesWorkspace(const StepPlan& step);

// StepSummary::kind: "run" (argv too), "image-build" or "push".
std::string KindOf(const StepPlan& step);

}  // namespace pipeline
