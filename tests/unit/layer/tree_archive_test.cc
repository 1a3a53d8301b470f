// Where a copy between two trees goes, as `docker cp` has it, and that it goes nowhere else.
#include "runtime/layer/tree_archive.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "tests/unit/layer/scratch.h"
#include "tests/unit/layer/tar_builder.h"

namespace runtime::layer {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

void Write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

class TreeArchive : public testing::Test {
 protected:
  TreeArchive() {
    fs::create_directories(from() / "dir/sub");
    Write(from() / "file", "file");
    Write(from() / "dir/in", "in");
    Write(from() / "dir/sub/deep", "deep");
    fs::create_symlink("file", from() / "link");
    fs::create_symlink("dir", from() / "dirlink");
    fs::create_directories(to() / "there");
    Write(to() / "old", "old");
  }

  fs::path from() const { return scratch_.path() / "from"; }
  fs::path to() const { return scratch_.path() / "to"; }
  std::string Read(const std::string& path) const { return base::ReadFile(to() / path); }

  std::string Stream(const std::string& source, bool follow = false) const {
    const base::UniqueFd root = base::OpenFile(from(), O_PATH | O_DIRECTORY);
    std::string stream;
    GiveTree(root.get(), source, follow, [&](std::string_view data) { stream += data; });
    return stream;
  }

  void Take(const std::string& stream, const std::string& target, TakeOptions options = {}) const {
    const base::UniqueFd root = base::OpenFile(to(), O_PATH | O_DIRECTORY);
    size_t at = 0;
    TakeTree(
        [&](char* buffer, size_t size) {
          const size_t n = stream.copy(buffer, size, at);
          at += n;
          return n;
        },
        root.get(), target, options);
  }

  void Copy(const std::string& source, const std::string& target, bool follow = false) const {
    TakeOptions options;
    options.content_only = NamesContent(source);
    Take(Stream(source, follow), target, options);
  }

  std::string Refusal(const std::string& source, const std::string& target) const {
    try {
      Copy(source, target);
    } catch (const base::Error& e) {
      return e.what();
    }
    return "copied";
  }

  Scratch scratch_;
};

TEST_F(TreeArchive, AFileBecomesTheTargetOrGoesIntoItsDirectory) {
  Copy("file", "/new");
  EXPECT_EQ(Read("new"), "file");
  Copy("/file", "there");
  EXPECT_EQ(Read("there/file"), "file");
  Copy("file", "old");
  EXPECT_EQ(Read("old"), "file");
}

TEST_F(TreeArchive, ADirectoryBecomesTheTargetOrGoesIntoIt) {
  Copy("dir", "new");
  EXPECT_EQ(Read("new/sub/deep"), "deep");
  Copy("dir", "there");
  EXPECT_EQ(Read("there/dir/in"), "in");
  Copy("dir/", "made/");
  EXPECT_EQ(Read("made/in"), "in");
}

TEST_F(TreeArchive, ContentGoesIntoTheTarget) {
  Copy("dir/.", "there");
  EXPECT_EQ(Read("there/in"), "in");
  EXPECT_FALSE(fs::exists(to() / "there/dir"));
  Copy("dir/.", "new");
  EXPECT_EQ(Read("new/sub/deep"), "deep");
  Copy("/", "all");
  EXPECT_EQ(Read("all/dir/in"), "in");
}

TEST_F(TreeArchive, RefusesWhatDockerRefuses) {
  EXPECT_THAT(Refusal("dir", "old"), HasSubstr("a directory can't take the place of a file"));
  EXPECT_THAT(Refusal("file", "new/"), HasSubstr("no such directory"));
  EXPECT_THAT(Refusal("file", "no/such"), HasSubstr("No such file or directory"));
  EXPECT_THAT(Refusal("file/", "new"), HasSubstr("it isn't a directory"));
  EXPECT_THAT(Refusal("none", "new"), HasSubstr("No such file or directory"));
  EXPECT_THAT(Refusal("file", "old/"), HasSubstr("Not a directory"));
  fs::create_directories(to() / "there/file");
  EXPECT_THAT(Refusal("file", "there"), HasSubstr("a directory stands where a file or link goes"));
  Write(to() / "there/dir", "");
  EXPECT_THAT(Refusal("dir", "there"), HasSubstr("another thing stands where a directory goes"));
}

TEST_F(TreeArchive, ALinkIsCopiedAsOneUnlessItIsToBeFollowed) {
  Copy("link", "new");
  EXPECT_EQ(fs::read_symlink(to() / "new"), "file");
  Copy("link", "there", true);
  EXPECT_FALSE(fs::is_symlink(to() / "there/link"));
  EXPECT_EQ(Read("there/link"), "file");
  Copy("dirlink/", "there");
  EXPECT_EQ(Read("there/dirlink/in"), "in");
}

TEST_F(TreeArchive, ALinkAtTheTargetIsFollowed) {
  fs::create_symlink("old", to() / "link");
  fs::create_symlink("there", to() / "dirlink");
  fs::create_symlink("new", to() / "dangling");
  Copy("file", "link");
  EXPECT_EQ(Read("old"), "file");
  EXPECT_TRUE(fs::is_symlink(to() / "link"));
  Copy("file", "dirlink");
  EXPECT_EQ(Read("there/file"), "file");
  Copy("file", "dangling");
  EXPECT_EQ(Read("new"), "file");
}

TEST_F(TreeArchive, NoLinkLeadsOutOfTheSource) {
  Write(scratch_.path() / "secret/file", "secret");
  fs::create_symlink(scratch_.path() / "secret", from() / "absolute");
  fs::create_symlink("../secret", from() / "up");
  for (const char* source : {"absolute/file", "up/file", "up/", "../secret/file"}) {
    EXPECT_THROW(Stream(source), base::Error) << source;
    EXPECT_THROW(Stream(source, true), base::Error) << source;
  }
}

TEST_F(TreeArchive, NoLinkLeadsOutOfTheTarget) {
  fs::create_directories(scratch_.path() / "elsewhere");
  fs::create_symlink(scratch_.path() / "elsewhere", to() / "absolute");
  fs::create_symlink("../elsewhere", to() / "up");
  fs::create_symlink("../elsewhere/file", to() / "file");
  for (const char* target : {"absolute/", "up/file", "up", "../elsewhere/file", "file"}) {
    Refusal("file", target);
  }
  TakeOptions extract;
  extract.extract = true;
  // CVE-2018-15664's kin: a link and a file below it in one stream.
  try {
    Take(TarBuilder()
             .Symlink("a", scratch_.path() / "elsewhere")
             .File("a/file", "x")
             .Symlink("b", "../elsewhere")
             .File("b/file", "x")
             .Finish(),
         "there", extract);
  } catch (const base::Error&) {
  }
  EXPECT_TRUE(fs::is_empty(scratch_.path() / "elsewhere"));
}

TEST_F(TreeArchive, KeepsModesTimesHardLinksAndFifos) {
  fs::permissions(from() / "dir/in", fs::perms(0640));
  fs::create_hard_link(from() / "dir/in", from() / "dir/same");
  ASSERT_EQ(::mkfifo((from() / "dir/fifo").c_str(), 0600), 0);
  const timespec times[2] = {{1000, 0}, {2000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (from() / "dir/in").c_str(), times, 0), 0);
  Copy("dir", "new");
  struct stat st;
  ASSERT_EQ(::stat((to() / "new/in").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0640);
  EXPECT_EQ(st.st_mtim.tv_sec, 2000);
  EXPECT_EQ(st.st_nlink, 2);
  ASSERT_EQ(::lstat((to() / "new/fifo").c_str(), &st), 0);
  EXPECT_TRUE(S_ISFIFO(st.st_mode));
}

// A file named as a whiteout is one in a layer alone.
TEST_F(TreeArchive, TakesNamesAsTheyAre) {
  Write(from() / "dir/.wh.in", "x");
  Copy("dir", "new");
  EXPECT_EQ(Read("new/.wh.in"), "x");
  EXPECT_EQ(Read("new/in"), "in");
}

TEST_F(TreeArchive, GivesAllToOneOwnerWithoutSetIdBits) {
  ASSERT_EQ(::chmod((from() / "file").c_str(), 06755), 0);
  TakeOptions options;
  options.owner = {::geteuid(), ::getegid()};
  Take(Stream("file"), "new", options);
  struct stat st;
  ASSERT_EQ(::stat((to() / "new").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0755);
  Take(Stream("file"), "kept");
  ASSERT_EQ(::stat((to() / "kept").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 06755);
}

TEST_F(TreeArchive, ReplacesAFileThatIsThereAndNeverWritesThroughIt) {
  fs::create_hard_link(to() / "old", to() / "other");
  Copy("file", "old");
  EXPECT_EQ(Read("old"), "file");
  EXPECT_EQ(Read("other"), "old");
}

TEST_F(TreeArchive, StopsAtItsLimits) {
  TakeOptions options;
  options.max_entries = 2;
  EXPECT_THROW(Take(Stream("dir"), "new", options), base::Error);
  options = {};
  options.max_bytes = 512;
  EXPECT_THROW(Take(Stream("dir"), "more", options), base::Error);
}

}  // namespace
}  // namespace runtime::layer
