#include "pipeline/step_lookup.h"

namespace pipeline {
namespace {

constexpr std::string_view kEnv = "env.";
constexpr std::string_view kMatrix = "matrix.";

// A variable of the step; those of the top level where `name` is what a variable is made of.
std::optional<std::string> EnvValue(std::string_view name, const RunPlan& plan,
                                    const StepPlan& step, const NameLookup& others) {
  const auto found = step.env.find(std::string(name));
  if (found == step.env.end()) {
    return "";
  }
  return found->second.Evaluate([&](std::string_view inner) -> std::optional<std::string> {
    if (!inner.starts_with(kEnv)) {
      return others(inner);
    }
    const auto top = plan.env.find(std::string(inner.substr(kEnv.size())));
    return top == plan.env.end() ? "" : top->second;
  });
}

// `others` with env.NAME.
NameLookup WithEnv(const RunPlan& plan, const StepPlan& step, NameLookup others) {
  return [&plan, &step, others](std::string_view name) -> std::optional<std::string> {
    return name.starts_with(kEnv) ? EnvValue(name.substr(kEnv.size()), plan, step, others)
                                  : others(name);
  };
}

// The worst of all its cells.
std::string OutcomeOf(std::string_view name, const RunPlan& plan, const StepPlan& step,
                      const std::vector<StepSummary>& results) {
  Outcome worst = Outcome::kSkipped;
  bool found = false;
  for (const size_t need : step.needs) {
    if (plan.steps[need].step == name) {
      worst = Worse(worst, results[need].result.outcome);
      found = true;
    }
  }
  return found ? std::string(ToString(worst)) : "";
}

std::string StepValue(const StepReference& reference, const RunPlan& plan, const StepPlan& step,
                      const std::vector<StepSummary>& results) {
  if (reference.field == "outcome") {
    return OutcomeOf(reference.step, plan, step, results);
  }
  for (const size_t need : step.needs) {
    if (plan.steps[need].step != reference.step) {
      continue;
    }
    const StepResult& result = results[need].result;
    if (reference.field == "image") {
      return result.image_digest;
    }
    const auto output = result.outputs.find(std::string(reference.key));
    return output == result.outputs.end() ? "" : output->second;
  }
  return "";
}

// What is known of a step before anything ran.
std::optional<std::string> Known(std::string_view name, const RunFacts& facts,
                                 const StepPlan& step) {
  if (name == "always()") {
    return "true";
  }
  if (name.starts_with(kMatrix)) {
    return std::string(ValueOf(step.matrix, name.substr(kMatrix.size())));
  }
  return FactValue(facts, name);
}

}  // namespace

NameLookup PlanLookup(const RunFacts& facts, const RunPlan& plan, const StepPlan& step) {
  return WithEnv(plan, step,
                 [&facts, &step](std::string_view name) { return Known(name, facts, step); });
}

NameLookup RunLookup(const RunFacts& facts, const RunPlan& plan, const StepPlan& step,
                     const std::vector<StepSummary>& results, const Before& before) {
  return WithEnv(plan, step, [&](std::string_view name) -> std::optional<std::string> {
    if (name == "failed()") {
      return before.failed ? "true" : "false";
    }
    if (name == "outcome") {
      return std::string(ToString(before.worst));
    }
    if (const auto reference = ParseStepReference(name)) {
      return StepValue(*reference, plan, step, results);
    }
    return Known(name, facts, step);
  });
}

}  // namespace pipeline
