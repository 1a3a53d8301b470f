#include "pipeline/plan_maker.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "pipeline/plan_expander.h"
#include "pipeline/step_lookup.h"
#include "pipeline/suggestion.h"

namespace pipeline {
namespace {

std::map<std::string, std::string> TopEnv(const PipelineFile& file, const RunFacts& facts,
                                          const RunOptions& options) {
  std::map<std::string, std::string> env;
  for (const auto& [name, text] : file.env) {
    env[name] =
        text.Evaluate([&](std::string_view fact) { return FactValue(facts, fact); }).value_or("");
  }
  for (const auto& [name, text] : options.env) {
    env[name] = text;
  }
  return env;
}

void MergeEnv(StepPlan& step, const RunPlan& plan, const RunOptions& options) {
  for (const auto& [name, text] : plan.env) {
    step.env.emplace(name, Template::Literal(text));
  }
  for (const auto& [name, text] : options.env) {
    step.env[name] = Template::Literal(text);
  }
}

bool IsNamed(const StepPlan& step, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == step.step || name == step.name;
  });
}

// The steps named and, through `needs`, all that they wait for.
std::vector<bool> Chosen(const std::vector<StepPlan>& steps,
                         const std::vector<std::string>& only_steps) {
  if (only_steps.empty()) {
    return std::vector<bool>(steps.size(), true);
  }
  std::vector<bool> chosen(steps.size());
  std::vector<size_t> todo;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (IsNamed(steps[i], only_steps)) {
      todo.push_back(i);
    }
  }
  while (!todo.empty()) {
    const size_t i = todo.back();
    todo.pop_back();
    if (!chosen[i]) {
      chosen[i] = true;
      todo.insert(todo.end(), steps[i].needs.begin(), steps[i].needs.end());
    }
  }
  return chosen;
}

void Skip(StepPlan& step, std::string reason) {
  if (!step.skipped) {
    step.skipped = true;
    step.skip_reason = std::move(reason);
  }
}

void DecideCondition(StepPlan& step, const RunPlan& plan, const RunFacts& facts) {
  if (!step.condition) {
    return;
  }
  const std::optional<std::string> value = step.condition->Evaluate(PlanLookup(facts, plan, step));
  if (!value) {
    return;
  }
  if (!IsTrue(*value)) {
    Skip(step, "`if: " + step.condition->text() + "` is false");
  }
  step.condition.reset();
}

// Whether all that a step is and does follows from its key and stays in its layer, as far as the
// file shows: without that, only the file's own `skip-unchanged` says that it needn't run.
bool FollowsFromKey(const StepPlan& step, const RunPlan& plan) {
  const auto* command = std::get_if<CommandAction>(&step.action);
  if (command == nullptr || step.in_finally || !step.secrets.empty()) {
    return false;
  }
  const bool keeps_data =
      std::any_of(command->volumes.begin(), command->volumes.end(), [](const VolumeSpec& volume) {
        return volume.kind == VolumeSpec::Kind::kNamed || volume.kind == VolumeSpec::Kind::kHost;
      });
  return !keeps_data && (plan.services.empty() || command->network == Network::kNone);
}

}  // namespace

RunPlan MakePlan(const PipelineFile& file, const RunFacts& facts, const RunOptions& options) {
  RunPlan plan;
  plan.name = facts.pipeline;
  plan.timeout = file.timeout;
  plan.concurrency = file.concurrency ? RuleOf(*file.concurrency, facts) : UsualRule(facts);
  plan.env = TopEnv(file, facts, options);
  plan.services = file.services;
  plan.steps = ExpandSteps(file, options.matrix);
  const std::vector<bool> chosen = Chosen(plan.steps, options.only_steps);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    StepPlan& step = plan.steps[i];
    MergeEnv(step, plan, options);
    if (!chosen[i]) {
      Skip(step, "not chosen");
    }
    if (!options.push && std::holds_alternative<PushAction>(step.action)) {
      Skip(step, "pushing is switched off");
    }
    step.fast = options.fast && !step.skip_unchanged && FollowsFromKey(step, plan);
    DecideCondition(step, plan, facts);
  }
  return plan;
}

std::vector<Diagnostic> CheckOptions(const PipelineFile& file, const RunOptions& options) {
  std::vector<Diagnostic> findings = CheckPicked(file, options.matrix);
  if (options.only_steps.empty()) {
    return findings;
  }
  const std::vector<StepPlan> steps = ExpandSteps(file, {});
  std::vector<std::string_view> names;
  for (const StepPlan& step : steps) {
    names.push_back(step.name);
    names.push_back(step.step);
  }
  for (const std::string& name : options.only_steps) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      findings.push_back(
          {"--step", 0, 0, "E603",
           "there is no step \"" + name + "\" in the pipeline file" + DidYouMean(name, names)});
    }
  }
  return findings;
}

}  // namespace pipeline
