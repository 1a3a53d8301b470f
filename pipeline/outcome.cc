#include <algorithm>
#include <array>

#include "pipeline/step_result.h"
#include "pipeline/test_report.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

std::string_view ToString(EventKind kind) {
  static constexpr std::array<std::string_view, 5> kNames = {"push", "pull-request", "tag",
                                                             "manual", "schedule"};
  return kNames.at(static_cast<size_t>(kind));
}

std::string_view ToString(Outcome outcome) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "passed", "flaky", "warned", "skipped", "failed", "errored", "cancelled", "timed-out"};
  return kNames.at(static_cast<size_t>(outcome));
}

std::string_view ToString(CaseResult result) {
  static constexpr std::array<std::string_view, 4> kNames = {"passed", "failed", "error",
                                                             "skipped"};
  return kNames.at(static_cast<size_t>(result));
}

bool IsSuccess(Outcome outcome) {
  return outcome == Outcome::kPassed || outcome == Outcome::kFlaky || outcome == Outcome::kWarned ||
         outcome == Outcome::kSkipped;
}

Outcome Worse(Outcome a, Outcome b) {
  static constexpr std::array<Outcome, 8> kRising = {
      Outcome::kSkipped,   Outcome::kPassed,   Outcome::kFlaky,  Outcome::kWarned,
      Outcome::kCancelled, Outcome::kTimedOut, Outcome::kFailed, Outcome::kErrored};
  const auto* rank_a = std::find(kRising.begin(), kRising.end(), a);
  const auto* rank_b = std::find(kRising.begin(), kRising.end(), b);
  return rank_a < rank_b ? b : a;
}

void TestReport::Add(const TestReport& other) {
  cases.insert(cases.end(), other.cases.begin(), other.cases.end());
  warnings.insert(warnings.end(), other.warnings.begin(), other.warnings.end());
}

TestTotals TestReport::Totals() const {
  TestTotals totals;
  for (const TestCase& test : cases) {
    ++totals.tests;
    totals.seconds += test.seconds;
    switch (test.result) {
      case CaseResult::kPassed:
        ++totals.passed;
        break;
      case CaseResult::kFailed:
        ++totals.failed;
        break;
      case CaseResult::kError:
        ++totals.errors;
        break;
      case CaseResult::kSkipped:
        ++totals.skipped;
        break;
    }
  }
  return totals;
}

}  // namespace pipeline
