#include "pipeline/step_graph.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "pipeline/suggestion.h"

namespace pipeline {
namespace {

class Connector {
 public:
  Connector(std::vector<StepDraft> drafts, bool file_has_matrix, Findings& findings)
      : drafts_(std::move(drafts)),
        file_has_matrix_(file_has_matrix),
        findings_(findings),
        needs_(drafts_.size()) {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      index_[drafts_[i].plan.step] = i;
    }
  }

  ConnectedSteps Connect() {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      const Findings::InStep in_step(findings_, drafts_[i].plan.step);
      AddNamedNeeds(i);
      AddMentioned(i);
    }
    AddNeedsOfPushes();
    ReportCircle();
    ConnectedSteps connected;
    connected.steps.reserve(drafts_.size());
    for (size_t i = 0; i < drafts_.size(); ++i) {
      drafts_[i].plan.needs.assign(needs_[i].begin(), needs_[i].end());
      if (!drafts_[i].cells.empty()) {
        connected.cells[i] = std::move(drafts_[i].cells);
      }
      connected.steps.push_back(std::move(drafts_[i].plan));
    }
    return connected;
  }

 private:
  bool IsPush(size_t i) const { return std::holds_alternative<PushAction>(drafts_[i].plan.action); }

  void AddNamedNeeds(size_t i) {
    if (!drafts_[i].needs) {
      if (i > 0 && drafts_[i - 1].plan.in_finally == drafts_[i].plan.in_finally) {
        needs_[i].insert(i - 1);
      }
      return;
    }
    for (const StepDraft::Need& need : *drafts_[i].needs) {
      const auto found = index_.find(need.name);
      if (found == index_.end()) {
        AddUnknown(need.name, need.at, "`needs` names ");
      } else if (found->second == i) {
        findings_.Add(need.at, "E302", "`needs` names the step itself; remove it");
      } else if (ComesTooLate(i, found->second)) {
        AddTooLate(need.name, need.at);
      } else {
        needs_[i].insert(found->second);
      }
    }
  }

  void AddMentioned(size_t i) {
    for (const StepMention& mention : drafts_[i].mentions) {
      const auto found = index_.find(mention.step);
      if (found == index_.end()) {
        AddUnknown(mention.step, mention.at, "an expression mentions ");
      } else if (found->second == i) {
        findings_.Add(mention.at, "E302",
                      "an expression mentions the step's own result, which comes too late");
      } else if (ComesTooLate(i, found->second)) {
        AddTooLate(mention.step, mention.at);
      } else {
        CheckImage(mention, found->second);
        CheckOneCell(i, mention, found->second);
        needs_[i].insert(found->second);
      }
    }
  }

  bool ComesTooLate(size_t i, size_t other) const {
    return drafts_[other].plan.in_finally && !drafts_[i].plan.in_finally;
  }

  void AddTooLate(const std::string& name, Position at) {
    findings_.Add(at, "E305",
                  "step \"" + name + "\" is in `finally`, which begins when all other steps ended");
  }

  // An image or an output is that of one step; an outcome stands for all cells.
  void CheckOneCell(size_t i, const StepMention& mention, size_t other) {
    const bool several =
        !drafts_[other].cells.empty() ||
        (file_has_matrix_ && drafts_[i].plan.in_finally && !drafts_[other].plan.in_finally);
    if (several && mention.field != "outcome") {
      findings_.Add(mention.at, "E306",
                    "step \"" + mention.step + "\" runs once for each cell of a matrix; of those " +
                        "only steps." + mention.step + ".outcome is one value, the worst");
    }
  }

  void CheckImage(const StepMention& mention, size_t other) {
    if (mention.field == "image" &&
        !std::holds_alternative<ImageBuildAction>(drafts_[other].plan.action)) {
      findings_.Add(mention.at, "E304",
                    "step \"" + mention.step +
                        "\" builds no image; steps.NAME.image needs an `image-build` step");
    }
  }

  void AddUnknown(const std::string& name, Position at, const std::string& where) {
    if (name == "clone") {
      findings_.Add(at, "E301", where + "clone, which runs before every step; remove it");
      return;
    }
    if (names_.empty()) {
      for (const StepDraft& draft : drafts_) {
        names_.push_back(draft.plan.step);
      }
    }
    const std::string closest = findings_.full() ? "" : DidYouMean(name, names_);
    findings_.Add(at, "E301", where + "\"" + name + "\", but there is no such step" + closest);
  }

  // The steps so far that no other of them waits for; a push waits for them, and so becomes the
  // only one: each step is taken out once.
  void AddNeedsOfPushes() {
    std::set<size_t> ends;
    for (size_t i = 0; i < drafts_.size() && !drafts_[i].plan.in_finally; ++i) {
      if (IsPush(i)) {
        needs_[i].insert(ends.begin(), ends.end());
        ends.clear();
      }
      for (const size_t need : needs_[i]) {
        ends.erase(need);
      }
      ends.insert(i);
    }
  }

  // Steps are taken off as soon as nothing that they wait for is left; what stays is in a circle
  // or behind one.
  void ReportCircle() {
    std::vector<size_t> waits(drafts_.size());
    std::vector<std::vector<size_t>> dependents(drafts_.size());
    std::vector<size_t> free;
    for (size_t i = 0; i < drafts_.size(); ++i) {
      waits[i] = needs_[i].size();
      for (const size_t need : needs_[i]) {
        dependents[need].push_back(i);
      }
      if (waits[i] == 0) {
        free.push_back(i);
      }
    }
    size_t taken = 0;
    for (; taken < free.size(); ++taken) {
      for (const size_t dependent : dependents[free[taken]]) {
        if (--waits[dependent] == 0) {
          free.push_back(dependent);
        }
      }
    }
    if (taken < drafts_.size()) {
      ReportCircleAmong(waits);
    }
  }

  void ReportCircleAmong(const std::vector<size_t>& waits) {
    const auto first = std::find_if(waits.begin(), waits.end(), [](size_t n) { return n > 0; });
    auto at = static_cast<size_t>(first - waits.begin());
    std::vector<bool> seen(drafts_.size());
    while (!seen[at]) {
      seen[at] = true;
      at = NextInCircle(at, waits);
    }
    // Now `at` is in the circle: walk it once more.
    const size_t begin = at;
    std::string chain = "\"" + drafts_[begin].plan.step + "\"";
    size_t shown = 0;
    do {
      const size_t next = NextInCircle(at, waits);
      if (++shown <= 10) {
        chain += " waits for \"" + drafts_[next].plan.step + "\"" + WhyItWaits(at, next) +
                 (next == begin ? "" : ", which");
      }
      at = next;
    } while (at != begin);
    findings_.Add(drafts_[begin].at, "E303",
                  "steps wait for each other: " + chain + (shown > 10 ? " ..." : "") +
                      "; change `needs` or the order of the steps");
  }

  size_t NextInCircle(size_t i, const std::vector<size_t>& waits) const {
    return *std::find_if(needs_[i].begin(), needs_[i].end(),
                         [&](size_t need) { return waits[need] > 0; });
  }

  std::string WhyItWaits(size_t i, size_t need) const {
    const StepDraft& draft = drafts_[i];
    const std::string& name = drafts_[need].plan.step;
    for (const StepMention& mention : draft.mentions) {
      if (mention.step == name) {
        return " (steps." + name + "." + mention.field + ")";
      }
    }
    if (!draft.needs && need + 1 == i) {
      return " (the step before it)";
    }
    return IsPush(i) && need < i ? " (a push waits for every step before it)" : "";
  }

  std::vector<StepDraft> drafts_;
  const bool file_has_matrix_;
  Findings& findings_;
  std::vector<std::set<size_t>> needs_;
  std::unordered_map<std::string, size_t> index_;
  std::vector<std::string_view> names_;
};

}  // namespace

ConnectedSteps ConnectSteps(std::vector<StepDraft> drafts, bool file_has_matrix,
                            Findings& findings) {
  return Connector(std::move(drafts), file_has_matrix, findings).Connect();
}

}  // namespace pipeline
