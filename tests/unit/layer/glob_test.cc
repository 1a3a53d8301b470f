#include "runtime/layer/glob.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/layer/scratch.h"

namespace runtime::layer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GlobTest : public testing::Test {
 protected:
  GlobTest() {
    for (const char* name : {"a.xml", "b.txt", "reports/one.xml", "reports/two.xml",
                             "reports/deep/three.xml", "x/y/z/a.xml", ".hidden/a.xml"}) {
      scratch_.Write(std::string("tree/") + name, name);
    }
    root_ = base::OpenFile(scratch_.path("tree"), O_RDONLY | O_DIRECTORY);
  }
  std::vector<std::string> Find(const std::vector<std::string>& globs) {
    return FindFiles(root_.get(), globs);
  }
  Scratch scratch_;
  base::UniqueFd root_;
};

TEST_F(GlobTest, FindsPlainNamesAndStarsWithinOneDirectory) {
  EXPECT_THAT(Find({"a.xml"}), ElementsAre("a.xml"));
  EXPECT_THAT(Find({"reports/*.xml"}), ElementsAre("reports/one.xml", "reports/two.xml"));
  EXPECT_THAT(Find({"*/*/*.xml"}), ElementsAre("reports/deep/three.xml"));
}

TEST_F(GlobTest, LetsTwoStarsStandForAnyDepthIncludingNone) {
  EXPECT_THAT(Find({"**/a.xml"}), ElementsAre(".hidden/a.xml", "a.xml", "x/y/z/a.xml"));
  EXPECT_THAT(Find({"reports/**/*.xml"}),
              ElementsAre("reports/deep/three.xml", "reports/one.xml", "reports/two.xml"));
  EXPECT_THAT(Find({"x/**/z/**/a.xml"}), ElementsAre("x/y/z/a.xml"));
}

TEST_F(GlobTest, FindsAllFilesOfADirectoryThatMatches) {
  EXPECT_THAT(Find({"x"}), ElementsAre("x/y/z/a.xml"));
  EXPECT_THAT(Find({"./reports/d*/"}), ElementsAre("reports/deep/three.xml"));
}

TEST_F(GlobTest, NamesAFileOnceThatTwoGlobsMatch) {
  EXPECT_THAT(Find({"*.xml", "a.*", "**/*.txt"}), ElementsAre("a.xml", "b.txt"));
}

TEST_F(GlobTest, NeitherFollowsNorFindsLinks) {
  std::filesystem::create_symlink(scratch_.path("outside"), scratch_.path("tree/out"));
  std::filesystem::create_symlink("a.xml", scratch_.path("tree/link.xml"));
  ::mkfifo(scratch_.path("tree/fifo.xml").c_str(), 0600);
  EXPECT_THAT(Find({"out/*", "**/canary", "out"}), IsEmpty());
  EXPECT_THAT(Find({"*.xml"}), ElementsAre("a.xml"));
}

TEST_F(GlobTest, RefusesGlobsThatAreNoRelativePath) {
  for (const std::string& glob :
       {std::string(), std::string("/etc/*"), std::string("../*"), std::string("a/../b"),
        std::string("."), std::string(5000, '*')}) {
    EXPECT_THROW(Find({glob}), base::Error) << glob;
  }
}

TEST_F(GlobTest, StopsAtTheLimitOfEntries) {
  TreeLimits limits;
  limits.max_entries = 3;
  EXPECT_THROW(FindFiles(root_.get(), {"**"}, limits), base::Error);
}

}  // namespace
}  // namespace runtime::layer
