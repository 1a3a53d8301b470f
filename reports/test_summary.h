// Test results as a few lines of text for people.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/test_report.h"

namespace reports {

struct TestSummaryStyle {
  bool colour = false;
  size_t max_cases = 20;  // failing ones that are shown
  size_t max_lines = 12;  // of one case's message
  size_t max_warnings = 5;
};

// "14 tests: 12 passed, 1 failed, 1 skipped".
std::string FormatCounts(const pipeline::TestTotals& totals);

// "Suite.Case", or what there is of it: the name that a person looks for.
std::string DisplayName(const pipeline::TestCase& test);

// "path:12", "path", or empty.
std::string DisplayLocation(const pipeline::TestCase& test);

// What the failure says, safe to show: its message and details without saying anything twice, else
// the end of its output. At most `max_lines` lines.
std::vector<std::string> FailureLines(const pipeline::TestCase& test, size_t max_lines);

// The counts, then each failing case with its location and message, then the reader's warnings.
// Lines end with "\n"; safe for a terminal.
std::string SummarizeTests(const pipeline::TestReport& report, const TestSummaryStyle& style);

}  // namespace reports
