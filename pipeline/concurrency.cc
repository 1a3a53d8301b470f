#include "pipeline/concurrency.h"

#include "pipeline/run_facts.h"

namespace pipeline {
namespace {

// Runs of different repositories never meet, whatever a file calls its group; nor do those of a
// fork and others. A repository's name has no blank and no colon.
std::string KeyOf(const RunFacts& facts, const std::string& name) {
  const TriggerEvent& event = facts.event;
  const std::string fork = event.fork ? " fork " + std::to_string(event.pull_request) : "";
  return event.repository + fork + ":" + name;
}

ConcurrencyRule NewestOf(const RunFacts& facts, const std::string& what) {
  const std::string name = facts.pipeline + " of " + what;
  return {KeyOf(facts, name), true, 1, name};
}

}  // namespace

ConcurrencyRule RuleOf(const ConcurrencySpec& spec, const RunFacts& facts) {
  const std::string group =
      spec.group.Evaluate([&](std::string_view name) { return FactValue(facts, name); })
          .value_or("");
  if (group.empty()) {
    return {};
  }
  return {KeyOf(facts, group), spec.cancel_superseded, spec.limit, group};
}

ConcurrencyRule UsualRule(const RunFacts& facts) {
  const TriggerEvent& event = facts.event;
  if (event.kind == EventKind::kPullRequest) {
    return NewestOf(facts, "pull request " + std::to_string(event.pull_request));
  }
  if (event.kind == EventKind::kPush && !event.branch.empty()) {
    return NewestOf(facts, "branch " + event.branch);
  }
  return {};
}

Admission Admit(const ConcurrencyRule& rule, const std::string& id,
                const std::vector<ActiveRun>& active) {
  Admission admission;
  uint32_t before = 0;
  bool older = true;
  for (const ActiveRun& run : active) {
    if (run.id == id) {
      older = false;
    } else if (rule.group.empty() || run.group != rule.group) {
      continue;
    } else if (older) {
      if (rule.cancel_superseded) {
        admission.cancel.push_back(run.id);
      }
      // One that is cancelled takes its place until it has ended; one that waited never started.
      before += run.running || !rule.cancel_superseded ? 1 : 0;
    } else {
      before += run.running ? 1 : 0;
      admission.superseded_by = rule.cancel_superseded ? run.id : "";
    }
  }
  admission.start = before < rule.limit && admission.superseded_by.empty();
  return admission;
}

}  // namespace pipeline
