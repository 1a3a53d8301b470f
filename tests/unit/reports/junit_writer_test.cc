#include "reports/junit_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/reports/junit_testing.h"

namespace reports {
namespace {

using pipeline::CaseResult;
using testing::HasSubstr;
using testing::IsEmpty;

pipeline::TestReport Sample() {
  pipeline::TestReport report;
  report.cases = {
      {"a", "A", "passes", "a.cc", 3, 0.25, CaseResult::kPassed, "", "", "some output"},
      {"a", "A", "fails <&> \"'", "a.cc", 9, 1e-05, CaseResult::kFailed, "two\nlines\tand a tab",
       "  indented\n]]> <b>\nend", ""},
      {"b", "", "errs", "", 0, 12345.678, CaseResult::kError, "", "only details", ""},
      {"b", "B", "skipped", "", 0, 0, CaseResult::kSkipped, "not \xE2\x82\xAC today", "", ""},
      {"a", "A", "flaky", "", 0, 0, CaseResult::kPassed, "failed once", "trace", ""},
      {"", "", "", "", 0, 0, CaseResult::kPassed, "", "", ""},
  };
  return report;
}

TEST(WriteJunit, GivesTheSameCasesBack) {
  const pipeline::TestReport back = ReadText(WriteJunit(Sample()));
  EXPECT_THAT(back.warnings, IsEmpty());
  ASSERT_EQ(back.cases.size(), Sample().cases.size());
  for (size_t i = 0; i < back.cases.size(); ++i) {
    EXPECT_EQ(Fields(back.cases[i]), Fields(Sample().cases[i])) << i;
  }
}

TEST(WriteJunit, CountsPerSuiteAndInAll) {
  const std::string text = WriteJunit(Sample());
  EXPECT_THAT(text, HasSubstr("<testsuites tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"1\""));
  EXPECT_THAT(text, HasSubstr("<testsuite name=\"b\" tests=\"2\" failures=\"0\" errors=\"1\""));
}

TEST(WriteJunit, ReplacesWhatXmlForbids) {
  pipeline::TestReport report;
  report.cases = {{"", "", std::string("a\x1b\0b\xFF\xEF\xBF\xBF", 8), "", 0, 0,
                   CaseResult::kPassed, "", "", ""}};
  const pipeline::TestReport back = ReadText(WriteJunit(report));
  EXPECT_THAT(back.warnings, IsEmpty());
  ASSERT_EQ(back.cases.size(), 1u);
  EXPECT_EQ(back.cases[0].name,
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(WriteJunit, AnEmptyReportIsWellFormed) {
  const pipeline::TestReport back = ReadText(WriteJunit({}));
  EXPECT_THAT(back.cases, IsEmpty());
  EXPECT_THAT(back.warnings, IsEmpty());
}

}  // namespace
}  // namespace reports
