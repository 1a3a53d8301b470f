#include "runtime/git/helper/output_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "runtime/base/files.h"

namespace runtime::git {
namespace {

class OutputTreeTest : public testing::Test {
 protected:
  OutputTree Make(const CheckoutLimits& limits = {}) { return OutputTree(root_.get(), limits); }
  struct stat Status(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::lstat((directory_.path() / name).c_str(), &status), 0) << name;
    return status;
  }

  base::TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "output-tree"};
  base::UniqueFd root_ = base::OpenFile(directory_.path(), O_RDONLY | O_DIRECTORY);
};

TEST_F(OutputTreeTest, GivesModesAndTimesThatDependOnNothing) {
  const mode_t before = ::umask(077);
  OutputTree output = Make();
  output.Enter("dir");
  output.File("plain", false, "x");
  output.File("program", true, "y");
  output.Link("link", "plain");
  output.Leave();
  output.Close();
  ::umask(before);
  EXPECT_EQ(Status("dir").st_mode, S_IFDIR | 0755u);
  EXPECT_EQ(Status("dir/plain").st_mode, S_IFREG | 0644u);
  EXPECT_EQ(Status("dir/program").st_mode, S_IFREG | 0755u);
  for (const char* name : {"", "dir", "dir/plain", "dir/program", "dir/link"}) {
    EXPECT_EQ(Status(name).st_mtim.tv_sec, OutputTree::kModificationTime) << name;
    EXPECT_EQ(Status(name).st_mtim.tv_nsec, 0) << name;
  }
  EXPECT_EQ(output.size().files, 3u);
  EXPECT_EQ(output.size().bytes, 2u);
}

TEST_F(OutputTreeTest, NeverWritesThroughALink) {
  OutputTree output = Make();
  output.Link("a", "/tmp");
  EXPECT_THROW(output.Enter("a"), base::Error);
  EXPECT_THROW(output.File("a", false, "x"), base::Error);
  EXPECT_THROW(output.Link("a", "b"), base::Error);
}

TEST_F(OutputTreeTest, RefusesUnsafeNames) {
  OutputTree output = Make();
  for (const char* name : {"..", ".git", ".GIT", "a/b", ""}) {
    EXPECT_THROW(output.Enter(name), base::Error) << name;
    EXPECT_THROW(output.File(name, false, "x"), base::Error) << name;
    EXPECT_THROW(output.Link(name, "x"), base::Error) << name;
  }
}

TEST_F(OutputTreeTest, StopsAtTheBoundForOneFileAndForAll) {
  CheckoutLimits limits;
  limits.file_bytes = 10;
  limits.total_bytes = 15;
  OutputTree output = Make(limits);
  output.File("a", false, std::string(10, 'x'));
  EXPECT_THROW(output.File("b", false, std::string(11, 'x')), base::Error);
  EXPECT_THROW(output.File("c", false, std::string(6, 'x')), base::Error);
  output.File("d", false, std::string(5, 'x'));
  EXPECT_THROW(output.CheckSize("e", 1), base::Error);
}

TEST_F(OutputTreeTest, StopsAtTheBoundForEntriesAndDepth) {
  CheckoutLimits limits;
  limits.entries = 4;
  limits.depth = 2;
  OutputTree output = Make(limits);
  output.Enter("a");
  output.Enter("b");
  EXPECT_THROW(output.Enter("c"), base::Error);
  output.Leave();
  output.File("x", false, "");
  EXPECT_THROW(output.File("y", false, ""), base::Error);
}

}  // namespace
}  // namespace runtime::git
