#include "runtime/layer/conflict.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/layer/scratch.h"

namespace runtime::layer {
namespace {

class ConflictTest : public testing::Test {
 protected:
  ConflictTest() {
    for (const char* name : {"a/same", "b/same", "a/d/same", "b/d/same"}) {
      scratch_.Write(name, "same");
    }
    scratch_.Write("a/d/only-a", "1");
    scratch_.Write("b/d/only-b", "2");
  }
  std::string Conflict() {
    const std::string forth = FindConflict(scratch_.path("a"), scratch_.path("b")).value_or("none");
    const std::string back = FindConflict(scratch_.path("b"), scratch_.path("a")).value_or("none");
    EXPECT_EQ(forth, back);
    return forth;
  }
  Scratch scratch_;
};

TEST_F(ConflictTest, SeesNoneInEqualFilesAndInFilesOfOneLayer) { EXPECT_EQ(Conflict(), "none"); }

TEST_F(ConflictTest, NamesTheFirstFileThatDiffers) {
  scratch_.Write("a/d/x", "1");
  scratch_.Write("b/d/x", "2");
  scratch_.Write("a/z", "1");
  scratch_.Write("b/z", "2");
  EXPECT_EQ(Conflict(), "d/x");
}

TEST_F(ConflictTest, SeesADifferenceInTheLastByteOfALongFile) {
  scratch_.Write("a/long", std::string(300'000, 'x') + "1");
  scratch_.Write("b/long", std::string(300'000, 'x') + "2");
  EXPECT_EQ(Conflict(), "long");
}

TEST_F(ConflictTest, SeesModesOfFilesAndDirectories) {
  ASSERT_EQ(::chmod(scratch_.path("a/same").c_str(), 0600), 0);
  EXPECT_EQ(Conflict(), "same");
  ASSERT_EQ(::chmod(scratch_.path("a/d").c_str(), 0700), 0);
  EXPECT_EQ(Conflict(), "d");
}

TEST_F(ConflictTest, SeesAFileAgainstADirectory) {
  scratch_.Write("a/t", "file");
  scratch_.Write("b/t/file", "x");
  EXPECT_EQ(Conflict(), "t");
}

TEST_F(ConflictTest, SeesAWhiteoutAgainstAFile) {
  scratch_.Write("a/w", "kept");
  ASSERT_EQ(::mknod(scratch_.path("b/w").c_str(), S_IFCHR, 0), 0);
  EXPECT_EQ(Conflict(), "w");
}

TEST_F(ConflictTest, SeesNoneWhenBothDelete) {
  ASSERT_EQ(::mknod(scratch_.path("a/w").c_str(), S_IFCHR, 0), 0);
  ASSERT_EQ(::mknod(scratch_.path("b/w").c_str(), S_IFCHR, 0), 0);
  EXPECT_EQ(Conflict(), "none");
}

TEST_F(ConflictTest, ComparesLinksByTheirTargets) {
  std::filesystem::create_symlink("x", scratch_.path("a/l"));
  std::filesystem::create_symlink("x", scratch_.path("b/l"));
  EXPECT_EQ(Conflict(), "none");
  std::filesystem::create_symlink("x", scratch_.path("a/m"));
  std::filesystem::create_symlink("y", scratch_.path("b/m"));
  EXPECT_EQ(Conflict(), "m");
}

}  // namespace
}  // namespace runtime::layer
