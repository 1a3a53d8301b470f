// Files that real test programs wrote (data/).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "reports/junit_writer.h"
#include "reports/test_summary.h"
#include "runtime/base/files.h"
#include "tests/unit/reports/junit_testing.h"

namespace reports {
namespace {

using pipeline::CaseResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

pipeline::TestReport ReadSample(const std::string& name) {
  const char* source = std::getenv("RUNNER_SOURCE");
  const std::string root = source == nullptr ? "." : source;
  return ReadText(runtime::base::ReadFile(root + "/tests/unit/reports/data/" + name));
}

std::vector<std::string> Lines(const pipeline::TestReport& report) {
  std::vector<std::string> lines;
  for (const pipeline::TestCase& test : report.cases) {
    lines.push_back(std::string(pipeline::ToString(test.result)) + " " + DisplayName(test) + " " +
                    DisplayLocation(test));
  }
  return lines;
}

TEST(JunitProducers, GoogleTest) {
  const pipeline::TestReport report = ReadSample("gtest.xml");
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(Lines(report), ElementsAre("passed Calculator.Adds src/sample_test.cc:3",
                                         "failed Calculator.Subtracts src/sample_test.cc:5",
                                         "skipped Calculator.Waits src/sample_test.cc:8",
                                         HasSubstr("_Divides src/sample_test.cc:9"),
                                         "passed Numbers/Doubles.IsEven/0 src/sample_test.cc:11",
                                         "failed Numbers/Doubles.IsEven/1 src/sample_test.cc:11"));
  EXPECT_THAT(report.cases[1].message, HasSubstr("Which is: 2"));
  EXPECT_THAT(report.cases[1].details, HasSubstr("sample_test.cc:6\nValue of: false"));
}

TEST(JunitProducers, Ctest) {
  const pipeline::TestReport report = ReadSample("ctest.xml");
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(Lines(report),
              ElementsAre("passed passes ", "failed fails src/main.c:42", "failed times.out ",
                          "error missing ", "skipped switched_off ", "skipped skips "));
  EXPECT_EQ(report.cases[1].output, "src/main.c:42: assertion failed");
}

TEST(JunitProducers, NodeTest) {
  const pipeline::TestReport report = ReadSample("node-test.xml");
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(Lines(report),
              ElementsAre("passed adds ", "failed subtracts /workspace/n/math.test.mjs:5",
                          "skipped multiplies ", "skipped divides ",
                          "failed nested /workspace/n/math.test.mjs:10"));
  EXPECT_EQ(report.cases[0].suite, "math");
  EXPECT_EQ(report.cases[4].message, "nested went wrong");
  EXPECT_EQ(report.cases[2].message, "skipped");
}

TEST(JunitProducers, Pytest) {
  const pipeline::TestReport report = ReadSample("pytest.xml");
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(Lines(report), ElementsAre("passed test_sample.test_passes ",
                                         "failed test_sample.test_fails test_sample.py:8",
                                         "error test_sample.test_error test_sample.py:12",
                                         "skipped test_sample.test_skipped ",
                                         "skipped test_sample.test_expected_failure ",
                                         "passed test_sample.TestGroup.test_names[a] ",
                                         "failed test_sample.TestGroup.test_names[\\x1b[31mred] "
                                         "test_sample.py:29"));
}

TEST(JunitProducers, EachComesBackFromOurOwnFile) {
  for (const char* name : {"gtest.xml", "ctest.xml", "node-test.xml", "pytest.xml"}) {
    const pipeline::TestReport report = ReadSample(name);
    EXPECT_TRUE(SameCases(ReadText(WriteJunit(report)), report)) << name;
  }
}

}  // namespace
}  // namespace reports
