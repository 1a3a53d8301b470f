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
  for (const char* id :
       {"01kgasd000000001", "01kgasd000000003", "01kgasd000000002", "01kgasd000000004"}) {
    Add(id);
  }
  EXPECT_THAT(Ids({.limit = 2, .before = {}}), ElementsAre("01kgasd000000004", "01kgasd000000003"));
  EXPECT_TRUE(reader_.List({.limit = 2, .before = {}}).more);
  EXPECT_THAT(Ids({.limit = 2, .before = "01kgasd000000003"}),
              ElementsAre("01kgasd000000002", "01kgasd000000001"));
  EXPECT_FALSE(reader_.List({.limit = 2, .before = "01kgasd000000003"}).more);
}

TEST_F(RunStoreReaderTest, OneBrokenRecordDoesNotHideTheOthers) {
  Add("01kgasd000000001");
  Add("01kgasd000000002");
  runtime::base::WriteFileAtomically(RunPaths(dir_.path(), "01kgasd000000002").record(), "{");
  std::filesystem::create_directories(dir_.path() / "01kgasd000000003");
  EXPECT_THAT(Ids({}), ElementsAre("01kgasd000000002", "01kgasd000000001"));
  EXPECT_EQ(reader_.List({}).runs[0].outcome, pipeline::Outcome::kErrored);
}

TEST_F(RunStoreReaderTest, GivesTestsAndTheJunitFile) {
  Add("01kgasd000000001");
  EXPECT_EQ(reader_.Find("01kgasd000000001")->tests.tests, 2u);
  EXPECT_EQ(reader_.Tests("01kgasd000000001")->cases.size(), 2u);
  EXPECT_TRUE(reader_.Junit("01kgasd000000001")->starts_with("<?xml"));
}

TEST_F(RunStoreReaderTest, SlicesALogAtLineEnds) {
  Add("01kgasd000000001");
  const auto all = reader_.Log("01kgasd000000001", "test", 0, 1 << 20);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->text.size(), all->size);
  std::string joined;
  for (uint64_t offset = 0; offset < all->size;) {
    const auto slice = reader_.Log("01kgasd000000001", "test", offset, 80);
    ASSERT_TRUE(slice && slice->text.ends_with("\n"));
    joined += slice->text;
    offset = slice->next();
  }
  EXPECT_EQ(joined, all->text);
  EXPECT_EQ(reader_.Log("01kgasd000000001", "test", 1 << 30, 80)->text, "");
}

TEST_F(RunStoreReaderTest, AnswersNothingForNamesThatAreNone) {
  Add("01kgasd000000001");
  for (const char* id : {"", "..", "../01kgasd000000001", "01kgasd000000001/", "unknown"}) {
    EXPECT_FALSE(reader_.Find(id)) << id;
    EXPECT_FALSE(reader_.Junit(id)) << id;
    EXPECT_FALSE(reader_.Tests(id)) << id;
    EXPECT_FALSE(reader_.Log(id, "test", 0, 100)) << id;
  }
  for (const char* step :
       {"", "..", "../record.json", "../../01kgasd000000001/logs/test", "unknown"}) {
    EXPECT_FALSE(reader_.Log("01kgasd000000001", step, 0, 100)) << step;
  }
}

}  // namespace
}  // namespace runner
