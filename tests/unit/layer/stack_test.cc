// A stack of directories read without mounting it: as overlayfs would show it.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/layer/copy.h"
#include "runtime/layer/pack.h"
#include "runtime/layer/tree_walk.h"
#include "tests/unit/layer/scratch.h"

namespace runtime::layer {
namespace {

namespace fs = std::filesystem;

class StackTest : public testing::Test {
 protected:
  StackTest() {
    for (const char* name : {"low/dir/kept", "low/dir/changed", "low/dir/gone", "low/gone/x",
                             "low/was-directory/x", "low/was-file"}) {
      Write(name, "low");
    }
    for (const char* name :
         {"high/dir/changed", "high/dir/new", "high/was-directory", "high/was-file/x"}) {
      Write(name, "high");
    }
    Whiteout("high/dir/gone");
    Whiteout("high/gone");
    Whiteout("high/never-was");
    Write("merged/dir/kept", "low");
    for (const char* name :
         {"merged/dir/changed", "merged/dir/new", "merged/was-directory", "merged/was-file/x"}) {
      Write(name, "high");
    }
    // Nobody's own times.
    for (const char* top : {"low", "high", "merged"}) {
      SetTimes(scratch_.path(top));
    }
    for (const auto& entry : fs::recursive_directory_iterator(scratch_.path())) {
      SetTimes(entry.path());
    }
  }

  void Write(const std::string& name, const std::string& content) {
    base::MakeDirectories(scratch_.path(name).parent_path(), 0755);
    base::WriteFileAtomically(scratch_.path(name), content, base::Durability::kNoFlush, 0644);
  }
  void Whiteout(const std::string& name) {
    ASSERT_EQ(::mknod(scratch_.path(name).c_str(), S_IFCHR, 0), 0);
  }
  static void SetTimes(const fs::path& path) {
    const timespec times[2] = {{1, 0}, {1, 0}};
    ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
  }

  std::vector<std::string> Paths(const std::vector<fs::path>& stack) {
    const OpenedStack opened(stack);
    TreeWalk walk(opened.descriptors());
    std::vector<std::string> paths;
    for (TreeWalk::Entry entry; walk.Next(entry);) {
      paths.push_back(entry.path);
    }
    return paths;
  }

  Scratch scratch_;
  const std::vector<fs::path> stack_ = {scratch_.path("low"), scratch_.path("high")};
};

TEST_F(StackTest, ShowsTheUppermostOfEachNameAndNothingThatIsDeleted) {
  EXPECT_EQ(Paths(stack_), Paths({scratch_.path("merged")}));
}

TEST_F(StackTest, LeavesOutWhatIsBelowADirectoryThatIsSkipped) {
  const OpenedStack opened(stack_);
  TreeWalk walk(opened.descriptors());
  std::vector<std::string> paths;
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    paths.push_back(entry.path);
    walk.SkipContent();
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"dir", "was-directory", "was-file"}));
}

TEST_F(StackTest, PacksAsOneDirectoryWithTheSameContentDoes) {
  EXPECT_EQ(Pack(stack_, nullptr).diff_id, Pack(scratch_.path("merged"), nullptr).diff_id);
}

TEST_F(StackTest, IsLinkedAsOneDirectoryWithTheSameContent) {
  fs::create_directory(scratch_.path("linked"));
  LinkLayer(stack_, scratch_.path("linked"), "/");
  EXPECT_EQ(Pack(scratch_.path("linked"), nullptr).diff_id,
            Pack(scratch_.path("merged"), nullptr).diff_id);
  EXPECT_EQ(scratch_.Stat("linked/dir/kept").st_ino, scratch_.Stat("low/dir/kept").st_ino);
}

TEST_F(StackTest, GoesDeeperThanItKeepsDirectoriesOpen) {
  std::string path = "low";
  std::string above = "high";
  for (int depth = 0; depth < 80; ++depth) {
    path += "/d";
    above += "/d";
    Write(path + "/low", "1");
    Write(above + "/z", "2");
  }
  const std::vector<std::string> paths = Paths(stack_);
  EXPECT_EQ(std::count_if(paths.begin(), paths.end(),
                          [](const std::string& name) { return name.starts_with("d/"); }),
            79 + 80 + 80);
}

}  // namespace
}  // namespace runtime::layer
