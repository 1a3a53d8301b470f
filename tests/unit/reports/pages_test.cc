#include "reports/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/log_line.h"
#include "tests/unit/reports/page_testing.h"

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;

pipeline::TestReport Tests(const std::string& text) {
  pipeline::TestReport report;
  report.cases = {{text, text, text, text, 12, 0, pipeline::CaseResult::kFailed, text, text, text},
                  {"s", "c", "fine", "", 0, 0, pipeline::CaseResult::kPassed, "", "", ""}};
  return report;
}

LogSlice Slice(std::string_view text) {
  return {FormatLogLine(WallTime(), pipeline::Stream::kStdout, text), 1000, 5000};
}

TEST(RunListPage, ListsRunsWithStatusTimeAndLinks) {
  RunPageResult page;
  page.runs = {SampleRun()};
  page.more = true;
  const std::string html = RunListPage(page, "");
  EXPECT_THAT(html, HasSubstr("<a href=\"/runs/01kgasd000abcdef\">Say hello</a>"));
  EXPECT_THAT(html, HasSubstr(">failed</span>"));
  EXPECT_THAT(html, HasSubstr("2026-01-31 12:00:00 UTC"));
  EXPECT_THAT(html, HasSubstr("14.2 s"));
  EXPECT_THAT(html, HasSubstr("/?before=01kgasd000abcdef"));
  EXPECT_THAT(RunListPage({}, ""), HasSubstr("No runs."));
}

TEST(RunPage, ShowsStepsTestsAndWhatWasPushed) {
  const pipeline::TestReport tests = Tests("Adds");
  const std::string html = RunPage(SampleRun(), &tests);
  EXPECT_THAT(html, HasSubstr("1 of 2 tests failed"));
  EXPECT_THAT(html, HasSubstr("/runs/01kgasd000abcdef/log/test"));
  EXPECT_THAT(html, HasSubstr("2 tests: 1 passed, 1 failed"));
  EXPECT_THAT(html, HasSubstr("<code>Adds:12</code>"));
  EXPECT_THAT(html, HasSubstr("/runs/01kgasd000abcdef/junit.xml"));
  EXPECT_THAT(html, HasSubstr("localhost:5000/x:1@sha256:dddd"));
}

TEST(Pages, ReloadOnlyWhileARunGoesOn) {
  RunRecord run = SampleRun();
  EXPECT_THAT(RunPage(run, nullptr), Not(HasSubstr("http-equiv")));
  run.state = RunState::kRunning;
  EXPECT_THAT(RunPage(run, nullptr), HasSubstr("http-equiv=\"refresh\""));
}

TEST(LogPage, EscapesTextShowsColoursAndLinksToTheRest) {
  const std::string html = LogPage(SampleRun(), "test", Slice("\x1b[31m<b>red"));
  EXPECT_THAT(html, HasSubstr("<span class=\"f1 \">&lt;b&gt;red</span>"));
  EXPECT_THAT(html, HasSubstr("/log/test?offset=0\">Start"));
  EXPECT_THAT(html, HasSubstr(">Later</a>"));
}

TEST(Pages, AreInertWhateverStrangersWrote) {
  const std::string evil =
      "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'onload='x "
      "javascript:x\x1b[31m";
  const RunRecord run = HostileRun(evil);
  const pipeline::TestReport tests = Tests(evil);
  RunPageResult page;
  page.runs = {run};
  page.more = true;
  for (const std::string& html : {RunListPage(page, evil), RunPage(run, &tests),
                                  LogPage(run, evil, Slice(evil)), MessagePage(evil, evil)}) {
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
    EXPECT_THAT(html, Not(HasSubstr("\"'onload")));
    EXPECT_THAT(html, Not(HasSubstr("href=\"javascript")));
    EXPECT_THAT(html, Not(HasSubstr("\x1b")));
    EXPECT_THAT(html, Not(HasSubstr(" style=")));
  }
}

TEST(Pages, AreBounded) {
  pipeline::TestReport tests;
  for (int i = 0; i < 5000; ++i) {
    tests.cases.push_back({"s", "", "t", "", 0, 0, pipeline::CaseResult::kFailed, "",
                           std::string(3000, '\n') + std::string(60000, 'x'), ""});
  }
  const std::string html = RunPage(SampleRun(), &tests);
  EXPECT_LT(html.size(), 1u << 20);
  EXPECT_THAT(html, HasSubstr("4900 more failing tests"));
}

TEST(StyleSheet, LoadsNothing) {
  EXPECT_THAT(std::string(StyleSheet()), Not(HasSubstr("url(")));
  EXPECT_THAT(std::string(StyleSheet()), Not(HasSubstr("@import")));
}

}  // namespace
}  // namespace reports
