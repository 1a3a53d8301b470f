#include "pipeline/cron.h"

#include <gtest/gtest.h>

namespace pipeline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

sys_seconds At(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  return sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) +
         hours(hour) + minutes(minute);
}

sys_seconds Next(const std::string& text, sys_seconds time) {
  std::string error;
  const std::optional<Cron> cron = Cron::Parse(text, error);
  EXPECT_TRUE(cron) << error;
  return cron ? cron->Next(time) : sys_seconds();
}

std::string Refusal(const std::string& text) {
  std::string error;
  return Cron::Parse(text, error) ? "" : error;
}

TEST(Cron, ComesAfterTheTimeGiven) {
  EXPECT_EQ(Next("30 3 * * *", At(2026, 3, 1, 3, 29)), At(2026, 3, 1, 3, 30));
  EXPECT_EQ(Next("30 3 * * *", At(2026, 3, 1, 3, 30)), At(2026, 3, 2, 3, 30));
  EXPECT_EQ(Next("* * * * *", At(2026, 3, 1) + seconds(1)), At(2026, 3, 1, 0, 1));
  EXPECT_EQ(Next("0 0 1 1 *", At(2026, 12, 31, 23, 59)), At(2027, 1, 1));
}

TEST(Cron, TakesStepsRangesListsAndNames) {
  EXPECT_EQ(Next("*/15 * * * *", At(2026, 3, 1, 0, 31)), At(2026, 3, 1, 0, 45));
  EXPECT_EQ(Next("10-40/10 * * * *", At(2026, 3, 1, 0, 40)), At(2026, 3, 1, 1, 10));
  EXPECT_EQ(Next("5/30 * * * *", At(2026, 3, 1, 0, 6)), At(2026, 3, 1, 0, 35));
  EXPECT_EQ(Next("0 8,20 * * *", At(2026, 3, 1, 9)), At(2026, 3, 1, 20));
  EXPECT_EQ(Next("0 0 1 JAN,jul *", At(2026, 3, 1)), At(2026, 7, 1));
  EXPECT_EQ(Next("@monthly", At(2026, 3, 1)), At(2026, 4, 1));
}

TEST(Cron, CountsSundayAsZeroAndSeven) {
  EXPECT_EQ(Next("0 0 * * 0", At(2026, 3, 2)), At(2026, 3, 8));
  EXPECT_EQ(Next("0 0 * * 7", At(2026, 3, 2)), At(2026, 3, 8));
  EXPECT_EQ(Next("0 0 * * fri-7", At(2026, 3, 2)), At(2026, 3, 6));
}

TEST(Cron, MeansEitherDayWhenBothAreNamed) {
  EXPECT_EQ(Next("0 0 13 * fri", At(2026, 3, 1)), At(2026, 3, 6));
  EXPECT_EQ(Next("0 0 10 * fri", At(2026, 3, 6)), At(2026, 3, 10));
  EXPECT_EQ(Next("0 0 */2 * mon", At(2026, 3, 1)), At(2026, 3, 9)) << "a step of all is no name";
}

TEST(Cron, FindsTheTwentyNinthOfFebruary) {
  EXPECT_EQ(Next("0 0 29 2 *", At(2097, 1, 1)), At(2104, 2, 29));
}

TEST(Cron, RefusesWhatIsNoSchedule) {
  EXPECT_NE(Refusal("* * * *").find("4 fields"), std::string::npos);
  EXPECT_NE(Refusal("60 * * * *").find("minute"), std::string::npos);
  EXPECT_NE(Refusal("* 24 * * *").find("hour"), std::string::npos);
  EXPECT_NE(Refusal("* * 0 * *").find("day of month"), std::string::npos);
  EXPECT_NE(Refusal("* * * foo *").find("month"), std::string::npos);
  EXPECT_NE(Refusal("* * * * 8").find("day of week"), std::string::npos);
  EXPECT_NE(Refusal("5-1 * * * *"), "");
  EXPECT_NE(Refusal("*/0 * * * *"), "");
  EXPECT_NE(Refusal("1,,2 * * * *"), "");
  EXPECT_NE(Refusal("-1 * * * *"), "");
  EXPECT_NE(Refusal("@never"), "");
  EXPECT_NE(Refusal("0 0 31 feb,apr *").find("don't have"), std::string::npos);
}

}  // namespace
}  // namespace pipeline
