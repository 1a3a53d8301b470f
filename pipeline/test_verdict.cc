#include "pipeline/test_verdict.h"

#include <string>

namespace pipeline {
namespace {

std::string Count(uint64_t count, uint64_t of) {
  return std::to_string(count) + " of " + std::to_string(of) + (of == 1 ? " test " : " tests ");
}

// Why the tests fail the step; empty when they don't.
std::string Objection(const TestsSpec& spec, const TestTotals& totals) {
  const bool failed = spec.fail_on_failure && totals.failed > 0;
  const bool errors = spec.fail_on_error && totals.errors > 0;
  if (failed) {
    const std::string also = errors ? ", " + std::to_string(totals.errors) + " with errors" : "";
    return Count(totals.failed, totals.tests) + "failed" + also;
  }
  return errors ? Count(totals.errors, totals.tests) + "ended with errors" : "";
}

std::string NoTests(const TestsSpec& spec, size_t files) {
  if (files > 0) {
    return "no tests: the reports hold no case";
  }
  std::string globs;
  for (const std::string& glob : spec.junit) {
    globs += (globs.empty() ? "" : ", ") + glob;
  }
  return "no tests: no file matches " + globs;
}

}  // namespace

void JudgeTests(const TestsSpec& spec, const TestReport& report, size_t files, StepResult& result) {
  result.tests = report;
  result.has_tests = true;
  const bool ended_by_itself =
      result.outcome == Outcome::kPassed ||
      (result.outcome == Outcome::kFailed && result.cause == Cause::kExitCode);
  if (!ended_by_itself) {
    return;
  }
  const TestTotals totals = report.Totals();
  std::string reason = Objection(spec, totals);
  if (reason.empty() && totals.tests == 0 && spec.fail_on_no_tests &&
      result.outcome == Outcome::kPassed) {
    reason = NoTests(spec, files);
  }
  if (reason.empty()) {
    return;
  }
  if (result.outcome == Outcome::kFailed && !result.reason.empty()) {
    reason += " (" + result.reason + ")";
  }
  result.outcome = Outcome::kFailed;
  result.cause = Cause::kTests;
  result.reason = reason;
}

bool ProvesImage(const StepResult& result) {
  const bool passed = result.outcome == Outcome::kPassed || result.outcome == Outcome::kFlaky;
  return passed && result.has_tests && result.tests.Totals().passed > 0 &&
         !result.image_digest.empty();
}

}  // namespace pipeline
