#include "reports/run_record.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "tests/unit/reports/page_testing.h"

namespace reports {
namespace {

TEST(RunRecordJson, GivesTheSameRecordBack) {
  const RunRecord record = SampleRun();
  const std::string json = ToJson(record);
  const RunRecord back = RunRecordFromJson(json);
  EXPECT_EQ(ToJson(back), json);
  EXPECT_EQ(back.steps.size(), record.steps.size());
  EXPECT_EQ(back.steps[1].pushed, record.steps[1].pushed);
  EXPECT_EQ(back.started, record.started);
  EXPECT_EQ(back.event.title, record.event.title);
}

TEST(RunRecordJson, TakesTextsThatAreNoUtf8) {
  RunRecord record = SampleRun();
  record.event.title = "a\xFF";
  EXPECT_EQ(RunRecordFromJson(ToJson(record)).event.title, "a\xEF\xBF\xBD");
}

TEST(RunRecordJson, RefusesWhatIsNoRecord) {
  for (const char* text : {"", "[]", "{}", "{\"version\": \"1\"}", "{\"version\": 2}"}) {
    EXPECT_THROW(RunRecordFromJson(text), runtime::base::Error) << text;
  }
  std::string json = ToJson(SampleRun());
  json.replace(json.find("\"failed\""), 8, "\"nonsense\"");
  EXPECT_THROW(RunRecordFromJson(json), runtime::base::Error);
}

}  // namespace
}  // namespace reports
