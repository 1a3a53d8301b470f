#include "pipeline/step_lookup.h"

namespace pipeline {
namespace {

constexpr std::string_view kEnv = "env.";

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

std::string StepValue(const StepReference& reference, const RunPlan& plan, const StepPlan& step,
                      const std::vector<StepSummary>& results) {
  for (const size_t need : step.needs) {
    if (plan.steps[need].name != reference.step) {
      continue;
    }
    const StepResult& result = results[need].result;
    if (reference.field == "image") {
      return result.image_digest;
    }
    if (reference.field == "outcome") {
      return std::string(ToString(result.outcome));
    }
    const auto output = result.outputs.find(std::string(reference.key));
    return output == result.outputs.end() ? "" : output->second;
  }
  return "";
}

}  // namespace

NameLookup PlanLookup(const RunFacts& facts, const RunPlan& plan, const StepPlan& step) {
  return WithEnv(plan, step, [&facts](std::string_view name) -> std::optional<std::string> {
    return name == "always()" ? "true" : FactValue(facts, name);
  });
}

NameLookup RunLookup(const RunFacts& facts, const RunPlan& plan, const StepPlan& step,
                     const std::vector<StepSummary>& results, const Before& before) {
  return WithEnv(plan, step, [&](std::string_view name) -> std::optional<std::string> {
    if (name == "always()") {
      return "true";
    }
    if (name == "failed()") {
      return before.failed ? "true" : "false";
    }
    if (name == "outcome") {
      return std::string(ToString(before.worst));
    }
    if (const auto reference = ParseStepReference(name)) {
      return StepValue(*reference, plan, step, results);
    }
    return FactValue(facts, name);
  });
}

}  // namespace pipeline
