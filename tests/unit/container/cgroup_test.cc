#include "runtime/container/cgroup.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::container {
namespace {

namespace fs = std::filesystem;

class CgroupTest : public testing::Test {
 protected:
  base::TemporaryDirectory scratch_{fs::temp_directory_path(), "cgroup"};
};

TEST_F(CgroupTest, DirectoriesThatAreNoCgroupsAreNone) {
  for (const char* name : {"pids", "memory", "cpu", "unified"}) {
    fs::create_directory(scratch_.path() / name);
  }
  const CgroupHierarchy hierarchy = CgroupHierarchy::Detect(scratch_.path());
  EXPECT_EQ(hierarchy.version(), CgroupHierarchy::Version::kNone);
  EXPECT_FALSE(hierarchy.Controller("memory"));
  EXPECT_TRUE(Cgroup::Directories(hierarchy, "id", {}).empty());
}

TEST_F(CgroupTest, AMissingMountIsNone) {
  EXPECT_EQ(CgroupHierarchy::Detect(scratch_.path() / "no").version(),
            CgroupHierarchy::Version::kNone);
}

TEST_F(CgroupTest, WithoutCgroupsAndLimitsNothingIsDone) {
  const CgroupHierarchy none = CgroupHierarchy::Detect(scratch_.path());
  Cgroup cgroup = Cgroup::Create(none, "id", {});
  EXPECT_TRUE(cgroup.join_files().empty());
  EXPECT_EQ(cgroup.PeakMemory(), 0u);
  EXPECT_FALSE(cgroup.HadOutOfMemoryKill());
  cgroup.Destroy();
  cgroup.Destroy();
}

TEST_F(CgroupTest, ALimitThatCannotBeSetIsAnErrorThatNamesIt) {
  const CgroupHierarchy none = CgroupHierarchy::Detect(scratch_.path());
  const std::pair<Limits, std::string> cases[] = {
      {{.memory_bytes = 1u << 30}, "memory"}, {{.cpus = 1}, "cpu"}, {{.pids = 5}, "pids"}};
  for (const auto& [limits, name] : cases) {
    try {
      Cgroup::Create(none, "id", limits);
      ADD_FAILURE() << name;
    } catch (const base::Error& e) {
      EXPECT_EQ(e.kind(), base::ErrorKind::kUnsupported);
      EXPECT_NE(std::string(e.what()).find("limit " + name), std::string::npos) << e.what();
    }
  }
}

TEST_F(CgroupTest, DestroyGivesUpOnWhatItCannotRemove) {
  fs::create_directories(scratch_.path() / "group" / "below");
  EXPECT_FALSE(DestroyCgroups({scratch_.path() / "group"}, 5));
  EXPECT_TRUE(DestroyCgroups({scratch_.path() / "group" / "below", scratch_.path() / "group"}, 5));
  EXPECT_TRUE(DestroyCgroups({scratch_.path() / "group"}, 5));  // Gone is fine.
}

}  // namespace
}  // namespace runtime::container
