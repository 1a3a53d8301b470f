#include "runner/result_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "runtime/base/files.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ResultStoreTest : public testing::Test {
 protected:
  // A layer with one file.
  fs::path Layer(const std::string& content) {
    const fs::path layer = directory_.path() / "state" / ("made-" + content);
    base::MakeDirectories(layer / "dir", 0755);
    base::WriteFileAtomically(layer / "dir/file", content, base::Durability::kNoFlush, 0644);
    return layer;
  }
  void Save(const std::string& step, const std::string& input, const std::string& run) {
    store_.Save(step, {{"command", input}}, {.run = run, .outputs = {{"a", "b"}}, .summary = "s"},
                Layer(run));
  }
  // The file that a taken result has; why there is none.
  std::string Take(const std::string& step, const std::string& input) {
    const base::TemporaryDirectory files(state_.tmp(), "taken");
    std::string why_not;
    const auto kept = store_.Take(step, {{"command", input}}, files.path(), why_not);
    return kept ? base::ReadFile(files.path() / "dir/file") : why_not;
  }
  std::vector<fs::path> Records() const {
    std::vector<fs::path> records;
    for (const auto& entry : fs::recursive_directory_iterator(state_.results())) {
      if (entry.is_regular_file()) {
        records.push_back(entry.path());
      }
    }
    return records;
  }
  std::vector<runtime::layer::LayerId> Layers() const {
    return runtime::layer::LayerStore(state_).List();
  }

  base::TemporaryDirectory directory_{fs::temp_directory_path(), "results"};
  base::StateDir state_{directory_.path() / "state"};
  ResultStore store_{state_};
};

TEST_F(ResultStoreTest, GivesWhatWasSavedForTheSameStepAndInputs) {
  EXPECT_EQ(Take("a", "x"), "no run left a result of it");
  Save("a", "x", "run1");
  EXPECT_EQ(Take("a", "x"), "run1");
  EXPECT_EQ(Take("a", "y"), "not as in run run1: command");
  EXPECT_EQ(Take("b", "x"), "no run left a result of it");
}

TEST_F(ResultStoreTest, SharesFilesInPlaceOfCopyingThem) {
  Save("a", "x", "run1");
  struct stat st = {};
  ASSERT_EQ(::stat((directory_.path() / "state/made-run1/dir/file").c_str(), &st), 0);
  EXPECT_EQ(st.st_nlink, 2u);
}

TEST_F(ResultStoreTest, KeepsNoValueOfAnInput) {
  Save("a", "a-value-of-an-input", "run1");
  ASSERT_THAT(Records(), SizeIs(1));
  EXPECT_THAT(base::ReadFile(Records()[0]), testing::Not(HasSubstr("a-value-of-an-input")));
}

TEST_F(ResultStoreTest, MissesARecordWhoseLayerACrashKeptFromIt) {
  Save("a", "x", "run1");
  runtime::layer::LayerStore(state_).Remove(Layers().at(0));
  EXPECT_EQ(Take("a", "x"), "the files that run run1 left are gone");
}

TEST_F(ResultStoreTest, MissesARecordOfWhichACrashLeftAPart) {
  Save("a", "x", "run1");
  const std::string whole = base::ReadFile(Records().at(0));
  for (const size_t size : {size_t{0}, whole.size() / 2}) {
    base::WriteFileAtomically(Records().at(0), whole.substr(0, size), base::Durability::kNoFlush);
    EXPECT_EQ(Take("a", "x"), "no run left a result of it");
  }
}

// What wasn't written to disk when the host went down is missing without a word.
TEST_F(ResultStoreTest, MissesAResultFromBeforeTheHostStarted) {
  Save("a", "x", "run1");
  std::string record = base::ReadFile(Records().at(0));
  const std::string boot = base::ReadFile("/proc/sys/kernel/random/boot_id").substr(0, 36);
  record.replace(record.find(boot), boot.size(), "00000000-0000-0000-0000-000000000000");
  base::WriteFileAtomically(Records().at(0), record, base::Durability::kNoFlush);
  EXPECT_EQ(Take("a", "x"), "the result of run run1 is from before this host started");
}

TEST_F(ResultStoreTest, KeepsTheNewestOfAStep) {
  for (size_t i = 0; i <= ResultStore::kMaxResults; ++i) {
    Save("a", std::to_string(i), "run" + std::to_string(i));
  }
  EXPECT_THAT(Records(), SizeIs(ResultStore::kMaxResults));
  EXPECT_THAT(Layers(), SizeIs(ResultStore::kMaxResults));
  EXPECT_EQ(Take("a", std::to_string(ResultStore::kMaxResults)),
            "run" + std::to_string(ResultStore::kMaxResults));
}

TEST_F(ResultStoreTest, LosesWhatWasNotUsedForTheLongestWhenAllAreTooLarge) {
  Save("old", "x", "run1");
  const timespec long_ago[2] = {{1, 0}, {1, 0}};
  ::utimensat(AT_FDCWD, Records().at(0).c_str(), long_ago, 0);
  Save("new", "x", "run2");
  const auto record = nlohmann::json::parse(base::ReadFile(Records().at(0)));
  store_.Prune(record.at("bytes").get<uint64_t>() * 3 / 2);
  EXPECT_EQ(Take("old", "x"), "no run left a result of it");
  EXPECT_EQ(Take("new", "x"), "run2");
  store_.Prune(0);
  EXPECT_THAT(Records(), IsEmpty());
  EXPECT_THAT(Layers(), IsEmpty());
}

}  // namespace
}  // namespace runner
