#include "runner/serve/next_run.h"

#include <set>
#include <utility>

namespace runner::serve {
namespace {

// Less is earlier.
using Place = std::pair<size_t, uint64_t>;

std::vector<pipeline::ActiveRun> ActiveRuns(const std::vector<Contender>& contenders) {
  std::vector<pipeline::ActiveRun> active;
  for (const Contender& run : contenders) {
    if (!run.rule.group.empty()) {
      active.push_back({run.id, run.rule.group, run.admitted});
    }
  }
  return active;
}

// Whether runs may start now; each answer holds as long as the contenders stay as they are.
class Groups {
 public:
  explicit Groups(const std::vector<Contender>& contenders) {
    for (const pipeline::ActiveRun& run : ActiveRuns(contenders)) {
      members_[run.group].push_back(run);
    }
  }

  // One that a newer run has superseded may too: its turn is to be told so.
  bool LetStart(const Contender& run) {
    const pipeline::ConcurrencyRule& rule = run.rule;
    const auto same = std::pair(rule.group, rule.limit);
    // Where the oldest one waits, so do those behind it.
    if (rule.group.empty() || (!rule.cancel_superseded && full_.contains(same))) {
      return rule.group.empty();
    }
    const pipeline::Admission admission = pipeline::Admit(rule, run.id, members_[rule.group]);
    if (!admission.start && !rule.cancel_superseded) {
      full_.insert(same);
    }
    return admission.start || !admission.superseded_by.empty();
  }

 private:
  std::map<std::string, std::vector<pipeline::ActiveRun>> members_;
  std::set<std::pair<std::string, uint32_t>> full_;
};

}  // namespace

std::optional<size_t> NextRun(const std::vector<Contender>& contenders,
                              const std::map<std::string, uint64_t>& served) {
  Groups groups(contenders);
  std::map<std::string, size_t> running;
  for (const Contender& run : contenders) {
    running[run.repository] += run.running ? 1 : 0;
  }
  std::optional<size_t> next;
  Place best;
  for (size_t i = 0; i < contenders.size(); ++i) {
    const Contender& run = contenders[i];
    if (run.running) {
      continue;
    }
    const auto last = served.find(run.repository);
    const Place place = {running[run.repository], last == served.end() ? 0 : last->second};
    if (next && place >= best) {
      continue;
    }
    if (groups.LetStart(run)) {
      next = i;
      best = place;
    }
  }
  return next;
}

std::optional<size_t> SupersedingRun(const std::vector<Contender>& contenders) {
  std::set<std::string> running;
  std::optional<size_t> newest;
  for (size_t i = 0; i < contenders.size(); ++i) {
    const Contender& run = contenders[i];
    if (run.running && !run.subject.empty()) {
      running.insert(run.subject);
    } else if (!run.running && !run.planned && running.contains(run.subject)) {
      newest = i;
    }
  }
  return newest;
}

}  // namespace runner::serve
