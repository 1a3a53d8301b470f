// RunComparison: two runs beside each other: how each step went and what it left, and what of their
// circumstances was different.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/run_record.h"
#include "runtime/layer/listing.h"

namespace runner {

// One thing that both say differently, in words for people.
struct Differing {
  std::string what;   // "outcome"
  std::string first;  // "passed"; "none" where there is none
  std::string second;
  bool operator==(const Differing&) const = default;
};

struct StepComparison {
  std::string name;
  std::vector<Differing> differing;
  // Of workspace layers that aren't the same, the first kMaxFiles, sorted by path.
  std::vector<runtime::layer::ListingDifference> files;
  size_t more_files = 0;
  std::string files_unknown;  // why they can't be named; else empty

  bool same() const { return differing.empty(); }
};

struct RunComparison {
  std::string first;  // ids
  std::string second;
  std::vector<Differing> differing;      // of what they were to do: commit, images, variables ...
  std::vector<Differing> circumstances;  // host and runner: no difference of the runs themselves
  std::vector<StepComparison> steps;     // in the first's order, then those of the second alone

  // Did both do the same, with the same results?
  bool same() const;
};

inline constexpr size_t kMaxComparedFiles = 1000;

struct ComparedRun {
  reports::RunRecord record;
  // What a step changed (run_paths.h), or nothing; throws Error for what can't be read.
  std::function<std::optional<std::string>(const std::string& step)> listing;
};

// Steps of a run that is to push and of one that isn't are compared but for the push. Durations and
// what a step used aren't.
RunComparison CompareRuns(const ComparedRun& first, const ComparedRun& second);

// The last line of ComparisonText().
std::string ComparisonResult(const RunComparison& comparison);
// Lines for people, of `max_files` of each step's files at most. Safe to show.
std::string ComparisonText(const RunComparison& comparison, size_t max_files = 20);
std::string ComparisonJson(const RunComparison& comparison);

}  // namespace runner
