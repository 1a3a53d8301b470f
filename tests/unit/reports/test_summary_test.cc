#include "reports/test_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using pipeline::CaseResult;
using testing::HasSubstr;
using testing::Not;

TEST(SummarizeTests, NamesEachFailingCaseWithLocationAndMessage) {
  pipeline::TestReport report;
  report.cases = {
      {"s", "Math", "Adds", "a.cc", 3, 0, CaseResult::kPassed, "", "", ""},
      {"s", "Math", "Subtracts", "src/a.cc", 5, 0, CaseResult::kFailed, "off by one",
       "src/a.cc:5\noff by one\nsee there", ""},
      {"s", "", "Loads", "", 0, 0, CaseResult::kError, "no file", "", "ignored"},
      {"s", "", "Runs", "", 0, 0, CaseResult::kFailed, "", "", "line 1\nline 2"},
      {"s", "", "Later", "", 0, 0, CaseResult::kSkipped, "", "", ""},
  };
  report.warnings = {"r.xml: cut off"};
  EXPECT_EQ(SummarizeTests(report, {}),
            "5 tests: 1 passed, 2 failed, 1 error, 1 skipped\n"
            "  FAILED Math.Subtracts  src/a.cc:5\n"
            "         src/a.cc:5\n"
            "         off by one\n"
            "         see there\n"
            "  ERROR  s.Loads\n"
            "         no file\n"
            "  FAILED s.Runs\n"
            "         line 1\n"
            "         line 2\n"
            "  warning: r.xml: cut off\n");
}

TEST(SummarizeTests, IsBounded) {
  pipeline::TestReport report;
  for (int i = 0; i < 50; ++i) {
    report.cases.push_back({"s", "", "t", "", 0, 0, CaseResult::kFailed, "", "1\n2\n3\n4\n5", ""});
  }
  TestSummaryStyle style;
  style.max_cases = 2;
  style.max_lines = 3;
  EXPECT_EQ(SummarizeTests(report, style),
            "50 tests: 0 passed, 50 failed\n"
            "  FAILED s.t\n         1\n         2\n         ...\n"
            "  FAILED s.t\n         1\n         2\n         ...\n"
            "  ... and 48 more failing tests\n");
}

TEST(SummarizeTests, LetsNoEscapeSequenceThrough) {
  pipeline::TestReport report;
  report.cases = {{"", "", "a\x1b]0;x\x07", "", 0, 0, CaseResult::kFailed, "\x1b[2Jm", "", ""}};
  const std::string text = SummarizeTests(report, {.colour = false});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("a^[]0;x\\x07"));
}

TEST(FailureLines, ShowsTheEndOfTheOutputWhenThereIsNothingElse) {
  pipeline::TestCase test;
  for (int i = 0; i < 100; ++i) {
    test.output += "line " + std::to_string(i) + "\n";
  }
  test.output += "last";
  const auto lines = FailureLines(test, 3);
  EXPECT_EQ(lines, (std::vector<std::string>{"line 98", "line 99", "last"}));
}

}  // namespace
}  // namespace reports
