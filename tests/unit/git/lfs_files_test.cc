// Which files of a checkout are pointers, in trees of strangers.
#include "runtime/git/lfs_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LfsFilesTest : public GitTest {
 protected:
  LfsFilesTest() {
    fs::create_directories(tree_);
    Write(".gitattributes", "*.bin filter=lfs\n");
  }
  void Write(const std::string& path, const std::string& content) {
    fs::create_directories((tree_ / path).parent_path());
    base::WriteFileAtomically(tree_ / path, content, base::Durability::kNoFlush, 0644);
  }
  static std::string Pointer(uint64_t size = 5, char digit = 'a') {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, digit) +
           "\nsize " + std::to_string(size) + "\n";
  }
  LfsFiles Find() { return FindLfsFiles({tree_}, limits_, {}); }
  std::vector<std::string> Paths() {
    std::vector<std::string> paths;
    for (const LfsFile& file : Find().files) {
      paths.push_back(file.path + (file.executable ? " x" : ""));
    }
    return paths;
  }

  const fs::path tree_ = Path("tree");
  CheckoutLimits limits_;
};

TEST_F(LfsFilesTest, AreThoseWithTheAttributeAndAPointer) {
  Write("a.bin", Pointer());
  Write("dir/run.bin", Pointer());
  fs::permissions(tree_ / "dir/run.bin", fs::perms(0755));
  Write("dir/no.txt", Pointer());
  Write("content.bin", "no pointer");
  Write("sub/.gitattributes", "*.bin -filter\n");
  Write("sub/b.bin", Pointer());
  EXPECT_THAT(Paths(), ElementsAre("a.bin", "dir/run.bin x"));
}

TEST_F(LfsFilesTest, AreSeenInADirectoryWhoseAttributesComeLater) {
  Write("!/x.txt", Pointer());
  Write(".gitattributes", "*.txt filter=lfs\n");
  EXPECT_THAT(Paths(), ElementsAre("!/x.txt"));
}

TEST_F(LfsFilesTest, AreThoseOfAllDirectoriesOfALayer) {
  Write("a.bin", Pointer());
  Write("b.bin", Pointer());
  const fs::path upper = Path("upper");
  fs::create_directories(upper);
  base::WriteFileAtomically(upper / "a.bin", "no pointer any more");
  const auto found = FindLfsFiles({tree_, upper}, limits_, {}).files;
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].path, "b.bin");
}

TEST_F(LfsFilesTest, AreNotReadThroughLinksOrPipes) {
  fs::create_symlink(Path("outside"), tree_ / "link.bin");
  base::WriteFileAtomically(Path("outside"), Pointer());
  ASSERT_EQ(::mkfifo((tree_ / "pipe.bin").c_str(), 0600), 0);
  EXPECT_THAT(Paths(), IsEmpty());
  Write("a.txt", Pointer());
  fs::remove(tree_ / ".gitattributes");
  base::WriteFileAtomically(Path("attributes"), "*.txt filter=lfs\n");
  fs::create_symlink(Path("attributes"), tree_ / ".gitattributes");
  EXPECT_THAT(Paths(), IsEmpty());
}

TEST_F(LfsFilesTest, AreBoundedInSizeBeforeAnyIsFetched) {
  Write("dir/a.bin", Pointer((2ull << 30) + 1));
  EXPECT_THAT(
      ErrorOf([&] { Find(); }),
      HasSubstr("dir/a.bin has 2.0 GiB in Git LFS, more than the limit of 2.0 GiB for one file"));
}

TEST_F(LfsFilesTest, AreBoundedTogether) {
  limits_.total_bytes = 1'000'000;
  Write("a.bin", Pointer(600'000, 'a'));
  Write("b.bin", Pointer(300'000, 'b'));
  EXPECT_EQ(Paths().size(), 2u);
  Write("c.bin", Pointer(600'000, 'a'));
  EXPECT_THAT(ErrorOf([&] { Find(); }), HasSubstr("(reached at c.bin)"));
}

TEST_F(LfsFilesTest, AreNotLookedForByEndlessAttributes) {
  Write("x/.gitattributes", std::string(600u << 10, '#'));
  EXPECT_EQ(ErrorOf([&] { Find(); }), "");
  Write("y/.gitattributes", std::string(600u << 10, '#'));
  EXPECT_THAT(ErrorOf([&] { Find(); }), HasSubstr("y/.gitattributes"));
}

TEST_F(LfsFilesTest, WithExtensionsAreRefused) {
  Write("a.bin", "version https://git-lfs.github.com/spec/v1\next-0-x sha256:" +
                     std::string(64, 'b') + "\noid sha256:" + std::string(64, 'a') + "\nsize 5\n");
  EXPECT_THAT(ErrorOf([&] { Find(); }), HasSubstr("a.bin is a Git LFS pointer with extensions"));
}

TEST_F(LfsFilesTest, HaveTheServerOfLfsconfigAlone) {
  Write("a.bin", Pointer());
  EXPECT_EQ(Find().server, "");
  Write("dir/.lfsconfig", "[lfs]\nurl = https://no\n");
  EXPECT_EQ(Find().server, "");
  Write(".lfsconfig", "[remote \"origin\"]\nlfsurl = https://other\n[include]\npath = /etc/x\n");
  EXPECT_EQ(Find().server, "https://other");
  Write(".lfsconfig", "[remote \"origin\"]\nlfsurl = https://other\n[lfs]\n\turl = https://yes\n");
  EXPECT_EQ(Find().server, "https://yes");
}

}  // namespace
}  // namespace runtime::git
