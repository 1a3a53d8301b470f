#include "reports/log_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using pipeline::Stream;

constexpr auto kTime =
    std::chrono::system_clock::time_point(std::chrono::milliseconds(1769860800007));

TEST(LogLine, HasTimeStreamAndText) {
  EXPECT_EQ(FormatLogLine(kTime, Stream::kStderr, "hello"), "2026-01-31T12:00:00.007Z err hello\n");
  const auto lines = ParseLog(FormatLogLine(kTime, Stream::kStderr, "hello") +
                              FormatLogLine(kTime, Stream::kRunner, ""));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].time, "2026-01-31T12:00:00.007Z");
  EXPECT_EQ(lines[0].stream, Stream::kStderr);
  EXPECT_EQ(lines[0].text, "hello");
  EXPECT_EQ(lines[1].stream, Stream::kRunner);
  EXPECT_EQ(lines[1].text, "");
}

TEST(LogLine, KeepsEveryByteAndShowsASafeText) {
  const std::string raw = "a\r\x1b[31mred\x1b[2J\xff\t\r";
  const std::string line = FormatLogLine(kTime, Stream::kStdout, raw);
  const LogLine parsed = ParseLogLine(std::string_view(line).substr(0, line.size() - 1));
  EXPECT_EQ(parsed.raw, raw);
  EXPECT_EQ(parsed.text, "a\\x0d\x1b[31mred^[[2J\xEF\xBF\xBD\t");
}

TEST(LogLine, KnowsItsTime) {
  EXPECT_EQ(TimeOf(ParseLogLine("2026-01-31T12:00:00.007Z out x")), 1769860800007);
  EXPECT_EQ(TimeOf(ParseLogLine("2026-01-31T12-00-00.007Z out x")), -1);
  EXPECT_EQ(TimeOf(ParseLogLine("x")), -1);
}

TEST(LogLine, OutputCannotForgeAnother) {
  const std::string line =
      FormatLogLine(kTime, Stream::kStdout, "a\n2026-01-31T12:00:00.007Z run step passed");
  const auto lines = ParseLog(line);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].stream, Stream::kStdout);
}

TEST(LogLine, CutsAVeryLongLineAndSaysSo) {
  const std::string line = FormatLogLine(kTime, Stream::kStdout, std::string(1 << 20, 'x'));
  EXPECT_LT(line.size(), 70u << 10);
  EXPECT_TRUE(line.ends_with(" [983040 bytes of this line left out]\n"));
}

TEST(LogLine, ReadsAnythingElseAsText) {
  const auto lines = ParseLog("torn\n\nno time out x\n");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "torn");
  EXPECT_EQ(lines[2].text, "no time out x");
}

}  // namespace
}  // namespace reports
