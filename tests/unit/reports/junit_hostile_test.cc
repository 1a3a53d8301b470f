#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/reports/junit_testing.h"

namespace reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(JunitReader, RefusesADocumentTypeDeclaration) {
  const auto bomb =
      ReadText("<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><testcase name='&b;'/>");
  EXPECT_THAT(bomb.cases, IsEmpty());
  EXPECT_THAT(bomb.warnings, ElementsAre(HasSubstr("document type")));
  const auto external =
      ReadText("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><testcase name='&a;'/>");
  EXPECT_THAT(external.cases, IsEmpty());
  EXPECT_THAT(ReadText("<!DOCTYPE testcase SYSTEM 'http://x/'><testcase/>").cases, IsEmpty());
}

TEST(JunitReader, RepairsControlCharactersAndInvalidBytes) {
  const auto report = ReadText(
      "<testcase name='a\x01"
      "b\xFF'><failure message='m'>"
      "\x1b[31mred\x1b[0m \x1b]0;title\x07 \xED\xA0\x80 &#27;[1mx&#0;"
      "<![CDATA[&#27;]]></failure></testcase>");
  ASSERT_EQ(report.cases.size(), 1u);
  EXPECT_EQ(report.cases[0].name,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(
      report.cases[0].details,
      "red \xEF\xBF\xBD]0;title\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD x\xEF\xBF\xBD"
      "&#27;");
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("forbidden characters replaced")));
}

TEST(JunitReader, KeepsWhatCameBeforeTheEndOfACutOffFile) {
  const std::string whole =
      "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure message='m'>text"
      "</failure></testcase></testsuite>";
  const auto report = ReadText(whole.substr(0, whole.find("text") + 2));
  ASSERT_EQ(report.cases.size(), 2u);
  EXPECT_EQ(report.cases[1].result, pipeline::CaseResult::kFailed);
  EXPECT_EQ(report.cases[1].details, "te");
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("2 test cases before that are kept")));
  // Nobody knows how this one would have ended.
  EXPECT_EQ(ReadText("<testsuite><testcase name='a'/><testcase name='b'>").cases.size(), 1u);
}

TEST(JunitReader, SaysWhenAFileIsNoReport) {
  EXPECT_THAT(ReadText("").warnings, ElementsAre(HasSubstr("empty")));
  EXPECT_THAT(ReadText("<html><testcase/></html>").warnings, ElementsAre(HasSubstr("<html>")));
  EXPECT_THAT(ReadText("<html><testcase/></html>").cases, IsEmpty());
  EXPECT_THAT(ReadText("{\"a\": 1}").warnings, ElementsAre(HasSubstr("line 1")));
}

TEST(JunitReader, BoundsNesting) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "<testsuite name='s'>";
  }
  EXPECT_THAT(ReadText(deep).warnings, ElementsAre(HasSubstr("deeper than 100")));
}

TEST(JunitReader, BoundsATagACommentAndAnInstruction) {
  const std::string big(3u << 20, 'x');
  for (const std::string& text :
       {"<testsuite><testcase name='1'/><testcase name='" + big + "'/></testsuite>",
        "<testsuite><testcase name='1'/><testcase name='>" + big + "'/></testsuite>",
        "<testsuite><testcase name='1'/><!-- > " + big + "--></testsuite>",
        "<testsuite><testcase name='1'/><?x > " + big + "?></testsuite>"}) {
    const auto report = ReadText(text);
    EXPECT_EQ(report.cases.size(), 1u);
    EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("longer than 1.0 MiB")));
  }
}

TEST(JunitReader, BoundsNamesMessagesAndTexts) {
  const std::string big(200u << 10, 'x');
  const auto report = ReadText(
      "<testsuite name='" + big + "'><testcase name='" + big + "'><failure message='" + big + "'>" +
      big + "</failure><system-out>" + big + "</system-out></testcase></testsuite>");
  ASSERT_EQ(report.cases.size(), 1u);
  EXPECT_LE(report.cases[0].suite.size(), 1u << 10);
  EXPECT_LE(report.cases[0].name.size(), 1u << 10);
  EXPECT_LE(report.cases[0].message.size(), 4u << 10);
  EXPECT_LE(report.cases[0].details.size(), 64u << 10);
  EXPECT_LE(report.cases[0].output.size(), 64u << 10);
}

TEST(JunitReader, BoundsTheNumberOfCases) {
  std::string many = "<testsuite>";
  for (int i = 0; i < 30; ++i) {
    many += "<testcase name='a'/>";
  }
  JunitLimits limits;
  limits.cases = 20;
  const auto report = ReadJunit({{"r.xml", many + "</testsuite>"}}, limits);
  EXPECT_EQ(report.cases.size(), 20u);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("more than 20 test cases")));
}

TEST(JunitReader, BoundsTheTextOfAllCases) {
  std::string many = "<testsuite>";
  for (int i = 0; i < 10; ++i) {
    many += "<testcase name='a'><failure>" + std::string(100, 'x') + "</failure></testcase>";
  }
  JunitLimits limits;
  limits.all_text = 450;
  const auto report = ReadJunit({{"r.xml", many + "</testsuite>"}}, limits);
  ASSERT_EQ(report.cases.size(), 10u);
  EXPECT_EQ(report.cases[3].details.size(), 100u);
  EXPECT_EQ(report.cases[4].details.size(), 0u);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("of 6 test cases left out")));
}

TEST(JunitReader, BoundsTheNamesOfAllCases) {
  std::string many = "<testsuite>";
  for (int i = 0; i < 10; ++i) {
    many += "<testcase name='" + std::string(100, 'x') + "'></testcase>";
  }
  JunitLimits limits;
  limits.all_names = 450;
  const auto report = ReadJunit({{"r.xml", many + "</testsuite>"}}, limits);
  EXPECT_EQ(report.cases.size(), 4u);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("names of all test cases")));
}

TEST(JunitReader, BoundsAFile) {
  JunitLimits limits;
  limits.file_bytes = 60;
  const auto report = ReadJunit(
      {{"r.xml", "<testsuite><testcase name='a'/>" + std::string(100, ' ') + "</testsuite>"}},
      limits);
  EXPECT_EQ(report.cases.size(), 1u);
  EXPECT_THAT(report.warnings.front(), HasSubstr("only the first 60 B"));
}

TEST(JunitReader, ShowsAHostilePathEscaped) {
  const auto report = ReadJunit({{"\x1b]0;x\x07.xml", "no"}});
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("^[]0;x\\x07.xml: ")));
}

}  // namespace
}  // namespace reports
