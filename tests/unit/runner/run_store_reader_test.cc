#include "runner/run_store_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/run_directory.h"
#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using testing::ElementsAre;

class RunStoreReaderTest : public testing::Test {
 protected:
  RunStoreReaderTest() : dir_("/tmp", "store"), reader_(dir_.path()) {}

  void Add(const std::string& id) {
    RunDirectory directory(dir_.path(), clock_);
    directory.RunStarted(id, FailedRun().event);
    directory.StepStarted("test");
    for (int i = 0; i < 5; ++i) {
      directory.StepLine("test", pipeline::Stream::kStdout, "line " + std::to_string(i));
    }
    directory.RunFinished(FailedRun());
  }

  std::vector<std::string> Ids(const reports::RunPageRequest& request) {
    std::vector<std::string> ids;
    for (const reports::RunRecord& run : reader_.List(request).runs) {
      ids.push_back(run.id);
    }
    return ids;
  }

  runtime::base::TemporaryDirectory dir_;
  RunStoreReader reader_;
  FakeClock clock_;
};

TEST_F(RunStoreReaderTest, ListsNewestFirstInPages) {
  for (const char* id : {"r1", "r3", "r2", "r4"}) {
    Add(id);
  }
  EXPECT_THAT(Ids({.limit = 2, .before = {}}), ElementsAre("r4", "r3"));
  EXPECT_TRUE(reader_.List({.limit = 2, .before = {}}).more);
  EXPECT_THAT(Ids({.limit = 2, .before = "r3"}), ElementsAre("r2", "r1"));
  EXPECT_FALSE(reader_.List({.limit = 2, .before = "r3"}).more);
}

TEST_F(RunStoreReaderTest, OneBrokenRecordDoesNotHideTheOthers) {
  Add("r1");
  Add("r2");
  runtime::base::WriteFileAtomically(RunPaths(dir_.path(), "r2").record(), "{");
  std::filesystem::create_directories(dir_.path() / "r3");
  EXPECT_THAT(Ids({}), ElementsAre("r2", "r1"));
  EXPECT_EQ(reader_.List({}).runs[0].outcome, pipeline::Outcome::kErrored);
}

TEST_F(RunStoreReaderTest, GivesTestsAndTheJunitFile) {
  Add("r1");
  EXPECT_EQ(reader_.Find("r1")->tests.tests, 2u);
  EXPECT_EQ(reader_.Tests("r1")->cases.size(), 2u);
  EXPECT_TRUE(reader_.Junit("r1")->starts_with("<?xml"));
}

TEST_F(RunStoreReaderTest, SlicesALogAtLineEnds) {
  Add("r1");
  const auto all = reader_.Log("r1", "test", 0, 1 << 20);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->text.size(), all->size);
  std::string joined;
  for (uint64_t offset = 0; offset < all->size;) {
    const auto slice = reader_.Log("r1", "test", offset, 80);
    ASSERT_TRUE(slice && slice->text.ends_with("\n"));
    joined += slice->text;
    offset = slice->next();
  }
  EXPECT_EQ(joined, all->text);
  EXPECT_EQ(reader_.Log("r1", "test", 1 << 30, 80)->text, "");
}

TEST_F(RunStoreReaderTest, AnswersNothingForNamesThatAreNone) {
  Add("r1");
  for (const char* id : {"", "..", "../r1", "r1/", "unknown"}) {
    EXPECT_FALSE(reader_.Find(id)) << id;
    EXPECT_FALSE(reader_.Junit(id)) << id;
    EXPECT_FALSE(reader_.Tests(id)) << id;
    EXPECT_FALSE(reader_.Log(id, "test", 0, 100)) << id;
  }
  for (const char* step : {"", "..", "../record.json", "../../r1/logs/test", "unknown"}) {
    EXPECT_FALSE(reader_.Log("r1", step, 0, 100)) << step;
  }
}

}  // namespace
}  // namespace runner
