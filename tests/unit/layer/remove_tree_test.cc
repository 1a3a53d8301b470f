#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/layer/scratch.h"

namespace runtime::layer {
namespace {

class RemoveTreeTest : public testing::Test {
 protected:
  RemoveTreeTest() { std::filesystem::create_directory(scratch_.path("tree")); }

  Scratch scratch_;
};

TEST_F(RemoveTreeTest, RemovesTenThousandDirectoriesDeepWithFewDescriptors) {
  base::UniqueFd current = base::OpenFile(scratch_.path("tree"), O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(::mkdirat(current.get(), "d", 0755), 0);
    current.Reset(::openat(current.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  current.Reset();
  rlimit old;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  rlimit few = old;
  few.rlim_cur = 128;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  EXPECT_NO_THROW(base::RemoveTree(scratch_.path("tree")));
  ::setrlimit(RLIMIT_NOFILE, &old);
  EXPECT_FALSE(scratch_.Exists("tree"));
}

TEST_F(RemoveTreeTest, RemovesHostileNames) {
  for (const char* name : {"-rf", "a\nb", "\xff\xfe", "...", ".removed-0", "*", "\x1b[2J"}) {
    scratch_.Write(std::string("tree/") + name + "/" + name, "x");
  }
  base::RemoveTree(scratch_.path("tree"));
  EXPECT_FALSE(scratch_.Exists("tree"));
}

TEST_F(RemoveTreeTest, NeverFollowsALink) {
  std::filesystem::create_symlink(scratch_.path("outside"), scratch_.path("tree/link"));
  base::RemoveTree(scratch_.path("tree"));
  EXPECT_EQ(scratch_.Read("outside/canary"), "alive");
  std::filesystem::create_symlink(scratch_.path("outside"), scratch_.path("link"));
  base::RemoveTree(scratch_.path("link"));
  EXPECT_EQ(scratch_.Read("outside/canary"), "alive");
}

TEST_F(RemoveTreeTest, RemovesDirectoriesThatTheirOwnerMayNotRead) {
  scratch_.Write("tree/locked/file", "x");
  ASSERT_EQ(::chmod(scratch_.path("tree/locked").c_str(), 0), 0);
  base::RemoveTree(scratch_.path("tree"));
  EXPECT_FALSE(scratch_.Exists("tree"));
}

TEST_F(RemoveTreeTest, TakesAMissingPathAndAFile) {
  base::RemoveTree(scratch_.path("missing"));
  scratch_.Write("file", "x");
  base::RemoveTree(scratch_.path("file"));
  EXPECT_FALSE(scratch_.Exists("file"));
}

}  // namespace
}  // namespace runtime::layer
