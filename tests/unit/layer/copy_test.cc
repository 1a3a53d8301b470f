#include "runtime/layer/copy.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "runtime/layer/attributes.h"
#include "tests/unit/layer/scratch.h"

namespace runtime::layer {
namespace {
namespace fs = std::filesystem;

class CopyTest : public testing::Test {
 protected:
  CopyTest() {
    scratch_.Write("from/dir/a", "a");
    scratch_.Write("from/dir/sub/b", "b");
    fs::create_directory(scratch_.path("to"));
  }

  CopyResult Copy(std::string_view from, std::string_view to, const CopyOptions& options = {}) {
    const base::UniqueFd source = base::OpenFile(scratch_.path("from"), O_RDONLY | O_DIRECTORY);
    const base::UniqueFd target = base::OpenFile(scratch_.path("to"), O_PATH | O_DIRECTORY);
    return CopyTree(source.get(), from, target.get(), to, options);
  }

  Scratch scratch_;
};

TEST_F(CopyTest, MakesADirectoryOfThatName) {
  const CopyResult result = Copy("dir", "made/new");
  EXPECT_EQ(scratch_.Read("to/made/new/a"), "a");
  EXPECT_EQ(scratch_.Read("to/made/new/sub/b"), "b");
  EXPECT_EQ(result.files, 2u);
  EXPECT_EQ(result.bytes, 2u);
}

TEST_F(CopyTest, PutsADirectoryIntoOneThatIsNamedWithASlash) {
  Copy("dir", "in/");
  EXPECT_EQ(scratch_.Read("to/in/dir/a"), "a");
}

TEST_F(CopyTest, PutsContentIntoTheRootAndMerges) {
  scratch_.Write("to/sub/old", "old");
  scratch_.Write("to/a", "old");
  Copy("dir/", "/");
  EXPECT_EQ(scratch_.Read("to/a"), "a");
  EXPECT_EQ(scratch_.Read("to/sub/b"), "b");
  EXPECT_EQ(scratch_.Read("to/sub/old"), "old");
}

TEST_F(CopyTest, CopiesAFileToANameAndIntoADirectory) {
  Copy("dir/a", "/named");
  Copy("/dir/a", "into/");
  EXPECT_EQ(scratch_.Read("to/named"), "a");
  EXPECT_EQ(scratch_.Read("to/into/a"), "a");
}

TEST_F(CopyTest, KeepsModesTimesAttributesLinksAndHoles) {
  ASSERT_EQ(::chmod(scratch_.path("from/dir/a").c_str(), 04751), 0);
  ASSERT_EQ(::setxattr(scratch_.path("from/dir/a").c_str(), "user.note", "n", 1, 0), 0);
  fs::create_symlink("../../outside", scratch_.path("from/dir/link"));
  fs::create_hard_link(scratch_.path("from/dir/a"), scratch_.path("from/dir/sub/hard"));
  scratch_.Write("from/dir/sparse", "begin");
  ASSERT_EQ(::truncate(scratch_.path("from/dir/sparse").c_str(), 1 << 30), 0);
  const timespec times[2] = {{1, 0}, {1'600'000'000, 123}};
  for (const char* name : {"from/dir/a", "from/dir/sub", "from/dir"}) {
    ASSERT_EQ(::utimensat(AT_FDCWD, scratch_.path(name).c_str(), times, 0), 0);
  }
  Copy("dir", "new");
  EXPECT_EQ(scratch_.Stat("to/new/a").st_mode, S_IFREG | 04751u);
  EXPECT_EQ(scratch_.Stat("to/new/a").st_mtim.tv_nsec, 123);
  EXPECT_EQ(scratch_.Stat("to/new/sub").st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(scratch_.Stat("to/new").st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(::getxattr(scratch_.path("to/new/a").c_str(), "user.note", nullptr, 0), 1);
  EXPECT_EQ(fs::read_symlink(scratch_.path("to/new/link")), "../../outside");
  EXPECT_EQ(scratch_.Stat("to/new/sub/hard").st_ino, scratch_.Stat("to/new/a").st_ino);
  EXPECT_EQ(scratch_.Stat("to/new/sparse").st_size, 1 << 30);
  EXPECT_LT(scratch_.Stat("to/new/sparse").st_blocks, 100);
}

TEST_F(CopyTest, DropsSetIdBitsWhereAsked) {
  ASSERT_EQ(::chmod(scratch_.path("from/dir/a").c_str(), 06755), 0);
  CopyOptions options;
  options.mode_mask = 0777;
  Copy("dir", "new", options);
  EXPECT_EQ(scratch_.Stat("to/new/a").st_mode, S_IFREG | 0755u);
}

TEST_F(CopyTest, ReadsLinksInTheSourceAsInsideTheRoot) {
  fs::create_symlink("/dir", scratch_.path("from/absolute"));
  fs::create_symlink("../../../../dir", scratch_.path("from/climbing"));
  Copy("absolute/a", "one");
  Copy("climbing", "two");
  EXPECT_EQ(scratch_.Read("to/one"), "a");
  EXPECT_EQ(scratch_.Read("to/two/a"), "a");
}

TEST_F(CopyTest, NeverReadsOutsideTheSource) {
  fs::create_symlink(scratch_.path("outside"), scratch_.path("from/out"));
  fs::create_symlink("../outside", scratch_.path("from/up"));
  EXPECT_THROW(Copy("out/canary", "x"), base::Error);
  EXPECT_THROW(Copy("up/canary", "x"), base::Error);
  EXPECT_THROW(Copy("../outside/canary", "x"), base::Error);
  EXPECT_FALSE(scratch_.Exists("to/x"));
}

TEST_F(CopyTest, NeverWritesOutsideTheTarget) {
  fs::create_symlink(scratch_.path("outside"), scratch_.path("to/sub"));
  fs::create_symlink(scratch_.path("outside/canary"), scratch_.path("to/a"));
  fs::create_symlink("../outside", scratch_.path("to/up"));
  EXPECT_THROW(Copy("dir/", "/"), base::Error);  // sub: a link where a directory goes
  EXPECT_THROW(Copy("dir/a", "up/canary"), base::Error);
  Copy("dir/a", "a");
  EXPECT_EQ(scratch_.Read("to/a"), "a");
  EXPECT_EQ(scratch_.Read("outside/canary"), "alive");
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_.path("outside")), {}), 1);
}

TEST_F(CopyTest, RefusesAFileWhereADirectoryStands) {
  scratch_.Write("to/a/below", "x");
  EXPECT_THROW(Copy("dir/", "/"), base::Error);
  EXPECT_EQ(scratch_.Read("to/a/below"), "x");
}

TEST_F(CopyTest, SkipsSpecialFilesWithoutWaiting) {
  ASSERT_EQ(::mkfifo(scratch_.path("from/dir/fifo").c_str(), 0600), 0);
  EXPECT_EQ(Copy("dir", "new").skipped, 1u);
  EXPECT_THROW(Copy("dir/fifo", "x"), base::Error);
}

TEST_F(CopyTest, StopsAtTheLimitOfBytes) {
  ASSERT_EQ(::truncate(scratch_.path("from/dir/a").c_str(), 1ll << 40), 0);
  EXPECT_THROW(Copy("dir", "new"), base::Error);
}

TEST_F(CopyTest, SaysThatTheSourceIsMissing) {
  try {
    Copy("gone", "x");
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kNotFound);
  }
}

TEST_F(CopyTest, LinksALayerWithItsMarks) {
  ASSERT_EQ(::mknod(scratch_.path("from/dir/gone").c_str(), S_IFCHR, 0), 0);
  ASSERT_EQ(::symlink("/nowhere", scratch_.path("from/dir/link").c_str()), 0);
  ASSERT_EQ(::mkfifo(scratch_.path("from/dir/fifo").c_str(), 0600), 0);
  ASSERT_EQ(::chmod(scratch_.path("from/dir/sub").c_str(), 01750), 0);
  MakeOpaque(base::OpenDirectory(scratch_.path("from/dir/sub")).get(), "sub");
  CopyOptions options;
  options.link = true;
  Copy("dir/", "/", options);
  struct stat from = {};
  struct stat to = {};
  for (const char* name : {"a", "gone", "link", "fifo", "sub/b"}) {
    ASSERT_EQ(::lstat((scratch_.path("from/dir") / name).c_str(), &from), 0);
    ASSERT_EQ(::lstat((scratch_.path("to") / name).c_str(), &to), 0) << name;
    EXPECT_EQ(from.st_ino, to.st_ino) << name;
  }
  ASSERT_EQ(::stat(scratch_.path("to/sub").c_str(), &to), 0);
  EXPECT_EQ(to.st_mode & 07777, 01750u);
  EXPECT_TRUE(IsOpaque(base::OpenDirectory(scratch_.path("to/sub")).get()));
}

}  // namespace
}  // namespace runtime::layer
