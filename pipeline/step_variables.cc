#include "pipeline/step_variables.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "runtime/base/cpus.h"

namespace pipeline {
namespace {

std::string Cpus(const RunFacts& facts, const StepPlan& step) {
  const unsigned here = facts.cpus > 0 ? facts.cpus : runtime::base::CountUsableCpus();
  const auto* command = std::get_if<CommandAction>(&step.action);
  if (command == nullptr || command->limits.cpus <= 0) {
    return std::to_string(here);
  }
  const auto limit = static_cast<unsigned>(std::ceil(command->limits.cpus));
  return std::to_string(std::min(limit, here));
}

}  // namespace

std::map<std::string, std::string> StepVariables(const RunFacts& facts, const StepPlan& step,
                                                 std::optional<Outcome> outcome,
                                                 std::map<std::string, std::string> own) {
  std::map<std::string, std::string> env = std::move(own);
  env.emplace("CI", "true");
  env.emplace("CPUS", Cpus(facts, step));
  env.emplace("SOURCE_DATE_EPOCH", std::to_string(facts.checkout.commit_time));
  env["RUNNER"] = "true";
  env["RUNNER_RUN_ID"] = facts.run_id;
  env["RUNNER_PIPELINE"] = facts.pipeline;
  env["RUNNER_STEP"] = step.step;
  env["RUNNER_EVENT"] = ToString(facts.event.kind);
  env["RUNNER_REPOSITORY"] = facts.event.repository;
  env["RUNNER_COMMIT"] = CommitOf(facts);
  env["RUNNER_BRANCH"] = BranchOf(facts);
  env["RUNNER_TAG"] = facts.event.tag;
  env["RUNNER_PR"] = facts.event.pull_request == 0 ? "" : std::to_string(facts.event.pull_request);
  if (outcome) {
    env["RUNNER_OUTCOME"] = ToString(*outcome);
  }
  env["RUNNER_WORKSPACE"] = "/workspace";
  return env;
}

}  // namespace pipeline
