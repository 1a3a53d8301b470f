#include "pipeline/plan_expander.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "pipeline/suggestion.h"

namespace pipeline {
namespace {

constexpr size_t kMaxIdBytes = 100;

// "build (gcc, 12)" -> "build-gcc-12".
std::string IdOf(const std::string& name) {
  std::string id;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (plain) {
      id += c;
    } else if (id.empty() || id.back() != '-') {
      id += '-';
    }
  }
  if (id.ends_with('-')) {
    id.pop_back();
  }
  return id.substr(0, kMaxIdBytes);
}

// The name itself where it is new, else with a number.
std::string Unique(const std::string& name, std::set<std::string>& known) {
  std::string unique = name;
  for (int i = 2; !known.insert(unique).second; ++i) {
    unique = name + "-" + std::to_string(i);
  }
  return unique;
}

class Expander {
 public:
  Expander(const PipelineFile& file, const MatrixCell& picked) : file_(file), picked_(picked) {
    for (const StepPlan& step : file.steps) {
      ids_.insert(step.step);
    }
  }

  std::vector<StepPlan> Expand() {
    const std::vector<MatrixCell> one = {{}};
    std::vector<std::vector<size_t>> all(file_.steps.size());
    for (const MatrixCell& job : file_.jobs.empty() ? one : file_.jobs) {
      if (!IsPicked(job, picked_)) {
        continue;
      }
      const std::vector<std::vector<size_t>> made = AddSteps(job, false, {});
      for (size_t i = 0; i < made.size(); ++i) {
        all[i].insert(all[i].end(), made[i].begin(), made[i].end());
      }
    }
    AddSteps({}, true, all);
    return std::move(steps_);
  }

 private:
  // The steps of one job, or of `finally`; `known` has those that are there of each of the file's.
  // Answers likewise.
  std::vector<std::vector<size_t>> AddSteps(const MatrixCell& job, bool in_finally,
                                            std::vector<std::vector<size_t>> known) {
    known.resize(file_.steps.size());
    const size_t begin = steps_.size();
    for (size_t i = 0; i < file_.steps.size(); ++i) {
      if (file_.steps[i].in_finally != in_finally) {
        continue;
      }
      const auto cells = file_.cells_of.find(i);
      if (cells == file_.cells_of.end()) {
        AddStep(i, job, {}, known[i]);
        continue;
      }
      for (const MatrixCell& cell : cells->second) {
        if (IsPicked(cell, picked_)) {
          AddStep(i, job, cell, known[i]);
        }
      }
    }
    // Now all that a step may wait for is there.
    for (size_t at = begin; at < steps_.size(); ++at) {
      std::vector<size_t> needs;
      for (const size_t need : steps_[at].needs) {
        needs.insert(needs.end(), known[need].begin(), known[need].end());
      }
      std::sort(needs.begin(), needs.end());
      steps_[at].needs = std::move(needs);
    }
    return known;
  }

  void AddStep(size_t i, const MatrixCell& job, const MatrixCell& cell,
               std::vector<size_t>& places) {
    StepPlan& step = steps_.emplace_back(file_.steps[i]);
    step.job = NameOf(job);
    step.matrix = job;
    step.matrix.insert(step.matrix.end(), cell.begin(), cell.end());
    if (step.matrix.empty()) {
      step.name = step.step;
      step.id = step.step;
    } else {
      step.name = Unique(step.step + " (" + NameOf(step.matrix) + ")", names_);
      step.id = Unique(IdOf(step.name), ids_);
    }
    places.push_back(steps_.size() - 1);
  }

  const PipelineFile& file_;
  const MatrixCell& picked_;
  std::set<std::string> names_;
  std::set<std::string> ids_;
  std::vector<StepPlan> steps_;
};

}  // namespace

size_t CountSteps(const PipelineFile& file) {
  const size_t jobs = std::max<size_t>(file.jobs.size(), 1);
  size_t count = 0;
  for (size_t i = 0; i < file.steps.size(); ++i) {
    const auto cells = file.cells_of.find(i);
    count += (cells == file.cells_of.end() ? 1 : cells->second.size()) *
             (file.steps[i].in_finally ? 1 : jobs);
  }
  return count;
}

std::vector<StepPlan> ExpandSteps(const PipelineFile& file, const MatrixCell& picked) {
  return Expander(file, picked).Expand();
}

std::vector<Diagnostic> CheckPicked(const PipelineFile& file, const MatrixCell& picked) {
  std::vector<const MatrixCell*> cells;
  for (const MatrixCell& job : file.jobs) {
    cells.push_back(&job);
  }
  for (const auto& [step, own] : file.cells_of) {
    for (const MatrixCell& cell : own) {
      cells.push_back(&cell);
    }
  }
  std::vector<Diagnostic> findings;
  for (const auto& asked : picked) {
    std::set<std::string_view> axes;
    std::set<std::string_view> values;
    for (const MatrixCell* cell : cells) {
      for (const auto& [axis, value] : *cell) {
        axes.insert(axis);
        if (axis == asked.first) {
          values.insert(value);
        }
      }
    }
    if (values.contains(asked.second)) {
      continue;
    }
    const bool known = !values.empty();
    const std::set<std::string_view>& names = known ? values : axes;
    findings.push_back({"--matrix", 0, 0, "E604",
                        known ? "axis `" + asked.first + "` has no value \"" + asked.second + "\"" +
                                    DidYouMean(asked.second, {names.begin(), names.end()})
                              : "no matrix of the file has an axis `" + asked.first + "`" +
                                    DidYouMean(asked.first, {names.begin(), names.end()})});
  }
  const bool none = std::none_of(file.jobs.begin(), file.jobs.end(),
                                 [&](const MatrixCell& job) { return IsPicked(job, picked); });
  if (findings.empty() && !file.jobs.empty() && none) {
    findings.push_back(
        {"--matrix", 0, 0, "E604", "no cell of the file's matrix has all these values"});
  }
  return findings;
}

}  // namespace pipeline
