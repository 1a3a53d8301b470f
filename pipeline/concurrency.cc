#include "pipeline/concurrency.h"

#include "pipeline/run_facts.h"

namespace pipeline {
namespace {

// Runs of different repositories never meet, whatever a file calls its group.
std::string InRepository(const RunFacts& facts, const std::string& group) {
  return facts.event.repository + ":" + group;
}

}  // namespace

ConcurrencyRule RuleOf(const ConcurrencySpec& spec, const RunFacts& facts) {
  const std::string group =
      spec.group.Evaluate([&](std::string_view name) { return FactValue(facts, name); })
          .value_or("");
  if (group.empty()) {
    return {};
  }
  return {InRepository(facts, group), spec.cancel_superseded, spec.limit};
}

ConcurrencyRule UsualRule(const RunFacts& facts) {
  const TriggerEvent& event = facts.event;
  if (event.kind == EventKind::kPullRequest) {
    return {InRepository(facts,
                         facts.pipeline + " of pull request " + std::to_string(event.pull_request)),
            true, 1};
  }
  if (event.kind == EventKind::kPush && !event.branch.empty()) {
    return {InRepository(facts, facts.pipeline + " of branch " + event.branch), true, 1};
  }
  return {};
}

Admission Admit(const ConcurrencyRule& rule, const std::string& id,
                const std::vector<ActiveRun>& active) {
  Admission admission;
  uint32_t before = 0;
  for (const ActiveRun& run : active) {
    if (run.id == id) {
      break;
    }
    if (rule.group.empty() || run.group != rule.group) {
      continue;
    }
    if (rule.cancel_superseded) {
      admission.cancel.push_back(run.id);
    }
    // One that is cancelled takes its place until it has ended; one that waited never started.
    before += run.running || !rule.cancel_superseded ? 1 : 0;
  }
  admission.start = before < rule.limit;
  return admission;
}

}  // namespace pipeline
