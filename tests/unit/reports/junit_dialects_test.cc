#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/reports/junit_testing.h"

namespace reports {
namespace {

using pipeline::CaseResult;
using pipeline::TestCase;
using testing::HasSubstr;
using testing::IsEmpty;

TestCase ReadCase(std::string_view content) {
  const pipeline::TestReport report = ReadText(content);
  EXPECT_EQ(report.cases.size(), 1u) << content;
  EXPECT_THAT(report.warnings, IsEmpty()) << content;
  return report.cases.empty() ? TestCase{} : report.cases.front();
}

double Seconds(std::string_view time) {
  return ReadCase("<testcase name='a' time='" + std::string(time) + "'/>").seconds;
}

TEST(JunitReader, ReadsEveryRoot) {
  EXPECT_EQ(ReadCase("<testsuites><testsuite name='s'><testcase name='a'/></testsuite>"
                     "</testsuites>")
                .suite,
            "s");
  EXPECT_EQ(ReadCase("<testsuite name='s'><testcase name='a'/></testsuite>").suite, "s");
  EXPECT_EQ(ReadCase("<testcase name='a' classname='c'/>").class_name, "c");
  EXPECT_EQ(ReadCase("<j:testcase xmlns:j='x' name='a'/>").name, "a");
}

TEST(JunitReader, FlattensNestedSuitesWithTheirNamesJoined) {
  const auto report = ReadText(
      "<testsuites><testsuite name='a' tests='3'><testcase name='1'/><testsuite name='b'>"
      "<testcase name='2'/></testsuite><testcase name='3'/></testsuite></testsuites>");
  ASSERT_EQ(report.cases.size(), 3u);
  EXPECT_EQ(report.cases[0].suite, "a");
  EXPECT_EQ(report.cases[1].suite, "a > b");
  EXPECT_EQ(report.cases[2].suite, "a");
}

TEST(JunitReader, KeepsSeveralFailuresOfACase) {
  const TestCase test = ReadCase(
      "<testcase name='a'><failure message='one'>text 1</failure><failure message='two'/>"
      "<error message='three'>text 3</error></testcase>");
  EXPECT_EQ(test.result, CaseResult::kError);
  EXPECT_EQ(test.message, "one");
  EXPECT_EQ(test.details, "text 1\n\ntwo\n\ntext 3");
}

TEST(JunitReader, TakesTheTypeWhenThereIsNoMessage) {
  EXPECT_EQ(ReadCase("<testcase><failure type='AssertionError'/></testcase>").message,
            "AssertionError");
}

TEST(JunitReader, KnowsTheWaysToSaySkipped) {
  for (const char* text :
       {"<testcase><skipped/></testcase>", "<testcase><disabled/></testcase>",
        "<testcase status='disabled'/>", "<testcase status='notrun' result='suppressed'/>",
        "<testcase status='run' result='skipped'/>", "<testcase result='Ignored'/>"}) {
    EXPECT_EQ(ReadCase(text).result, CaseResult::kSkipped) << text;
  }
  EXPECT_EQ(ReadCase("<testcase><skipped message='no net'/></testcase>").message, "no net");
}

TEST(JunitReader, KnowsTheWaysToSayFailedWithoutAChild) {
  EXPECT_EQ(ReadCase("<testcase status='fail'/>").result, CaseResult::kFailed);
  EXPECT_EQ(ReadCase("<testcase result='Failed'/>").result, CaseResult::kFailed);
  EXPECT_EQ(ReadCase("<testcase status='error'/>").result, CaseResult::kError);
  EXPECT_EQ(ReadCase("<testcase failure='boom'/>").message, "boom");
}

TEST(JunitReader, AFlakyCasePassedAndKeepsItsFirstFailure) {
  const TestCase test = ReadCase(
      "<testcase name='a'><flakyFailure message='once'><stackTrace>at A.java:3</stackTrace>"
      "<system-out>of that attempt</system-out></flakyFailure></testcase>");
  EXPECT_EQ(test.result, CaseResult::kPassed);
  EXPECT_EQ(test.message, "once");
  EXPECT_EQ(test.details, "at A.java:3");
  EXPECT_EQ(test.output, "");
}

TEST(JunitReader, ARerunThatFailedAgainIsOneFailedCase) {
  const TestCase test = ReadCase(
      "<testcase name='a'><failure message='m'>first</failure>"
      "<rerunFailure message='m'><stackTrace>second</stackTrace></rerunFailure></testcase>");
  EXPECT_EQ(test.result, CaseResult::kFailed);
  EXPECT_EQ(test.details, "first\n\nsecond");
}

TEST(JunitReader, ReadsTimesAsTheyAreWritten) {
  EXPECT_DOUBLE_EQ(Seconds("1.5"), 1.5);
  EXPECT_DOUBLE_EQ(Seconds("1,234.5"), 1234.5);
  EXPECT_DOUBLE_EQ(Seconds("1,234"), 1234);
  EXPECT_DOUBLE_EQ(Seconds("0,123"), 0.123);
  EXPECT_DOUBLE_EQ(Seconds("0,5"), 0.5);
  EXPECT_DOUBLE_EQ(Seconds("1.2e-05"), 1.2e-05);
  EXPECT_DOUBLE_EQ(Seconds("9."), 9);
  for (const char* none : {"", "-1", "nan", "inf", "abc", "1e999"}) {
    EXPECT_EQ(Seconds(none), 0) << none;
  }
}

TEST(JunitReader, FindsFileAndLineInAttributesAndInTheFailure) {
  const TestCase given = ReadCase("<testcase file='a.py' line='7'><failure>x</failure></testcase>");
  EXPECT_EQ(given.file, "a.py");
  EXPECT_EQ(given.line, 7);
  const TestCase found = ReadCase("<testcase><failure>b.cc:12: Failure</failure></testcase>");
  EXPECT_EQ(found.file, "b.cc");
  EXPECT_EQ(found.line, 12);
}

TEST(JunitReader, JoinsStandardOutputAndError) {
  EXPECT_EQ(ReadCase("<testcase><system-out>out</system-out><system-err>err</system-err>"
                     "</testcase>")
                .output,
            "out\nerr");
}

TEST(JunitReader, AnErrorOfASuiteIsACase) {
  const TestCase test =
      ReadCase("<testsuite name='s'><error message='no database'>trace</error></testsuite>");
  EXPECT_EQ(test.name, "s");
  EXPECT_EQ(test.result, CaseResult::kError);
  EXPECT_EQ(test.message, "no database");
}

TEST(JunitReader, MergesFilesInOrderAndKeepsEqualNames) {
  const std::string text = "<testsuite name='s'><testcase name='a'/></testsuite>";
  const auto report = ReadJunit({{"1.xml", text}, {"2.xml", "nonsense"}, {"3.xml", text}});
  EXPECT_EQ(report.cases.size(), 2u);
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_THAT(report.warnings[0], HasSubstr("2.xml: "));
}

TEST(JunitReader, ReadsOtherEncodings) {
  const std::string utf16 = [] {
    std::string out = "\xFF\xFE";
    for (const char c :
         std::string("<?xml version='1.0' encoding='UTF-16'?><testcase name='a'/>")) {
      out += c;
      out += '\0';
    }
    return out;
  }();
  EXPECT_EQ(ReadCase(utf16).name, "a");
  EXPECT_EQ(ReadCase("\xEF\xBB\xBF<testcase name='\xC3\xA9'/>").name, "\xC3\xA9");
  EXPECT_EQ(ReadCase("<?xml version='1.0' encoding='ISO-8859-1'?><testcase name='\xE9'/>").name,
            "\xC3\xA9");
  EXPECT_EQ(ReadCase("<?xml version='1.0' encoding='utf-16'?><testcase name='a'/>").name, "a");
}

TEST(JunitReader, ForgivesALineBeforeTheDeclaration) {
  EXPECT_EQ(ReadCase("\n<?xml version='1.0'?><testcase name='a'/>\n").name, "a");
}

}  // namespace
}  // namespace reports
