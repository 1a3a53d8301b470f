#include "runner/run_id.h"

#include <gtest/gtest.h>

#include <set>

namespace runner {
namespace {

TEST(RunId, HasItsForm) {
  EXPECT_TRUE(IsRunId(NewRunId()));
  for (const char* text : {"", "..", "0123456789abcde", "0123456789abcdefg", "0123456789ABCDEF",
                           "0123456789abcde/", "0123456789abcde\n"}) {
    EXPECT_FALSE(IsRunId(text)) << text;
  }
}

TEST(RunId, SortsByTime) {
  using std::chrono::milliseconds;
  std::string last;
  for (const int64_t time : {0L, 1L, 31L, 32L, 1'700'000'000'000L, 1'700'000'000'001L}) {
    const std::string id = NewRunId(std::chrono::system_clock::time_point(milliseconds(time)));
    EXPECT_LT(last, id);
    last = id;
  }
}

TEST(RunId, DiffersWithinAMillisecond) {
  const auto now = std::chrono::system_clock::now();
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ids.insert(NewRunId(now));
  }
  EXPECT_EQ(ids.size(), 100u);
}

}  // namespace
}  // namespace runner
