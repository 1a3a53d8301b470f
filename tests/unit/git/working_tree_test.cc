// `runner exec` on a working tree: what is taken along and what is left out.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

using testing::Contains;
using testing::HasSubstr;
using tests::GitRepository;

class WorkingTreeTest : public GitTest {
 protected:
  Resolution Take() {
    HelperRequest request = Local(repository_);
    request.working_tree = true;
    return CheckOut(request);
  }
  bool Has(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(Path("out") / name));
  }
  // The tree that git itself would make of the same files.
  std::string TreeOfGit() {
    const std::string index = "GIT_INDEX_FILE=" + Path("other-index").string();
    const std::string directory = repository_.path().string();
    tests::RunProgram({"git", "-C", directory, "read-tree", "HEAD"}, "", {index});
    tests::RunProgram({"git", "-C", directory, "add", "-A"}, "", {index});
    return tests::RunProgram({"git", "-C", directory, "write-tree"}, "", {index});
  }

  GitRepository repository_{Path("repository")};
};

TEST_F(WorkingTreeTest, IsTheCommitsTreeWhenNothingChanged) {
  repository_.Write("a", "1");
  repository_.Write("a.b/c", "2");
  repository_.Write("ab", "3");
  const std::string commit = repository_.Commit("one");
  const Resolution resolution = Take();
  EXPECT_EQ(resolution.commit, commit);
  EXPECT_EQ(resolution.tree, repository_.Git({"rev-parse", "HEAD^{tree}"}));
}

TEST_F(WorkingTreeTest, TakesChangesAndUntrackedFilesAlong) {
  repository_.Write("changed", "1");
  repository_.Write("deleted", "1");
  repository_.Write("mode", "1");
  repository_.Write("becomes-dir", "1");
  repository_.Commit("one");
  repository_.Write("changed", "2");
  repository_.Write("new/file", "3");
  std::filesystem::remove(repository_.path() / "deleted");
  std::filesystem::permissions(repository_.path() / "mode", std::filesystem::perms(0755));
  std::filesystem::remove(repository_.path() / "becomes-dir");
  repository_.Write("becomes-dir/x", "4");
  std::filesystem::create_symlink("changed", repository_.path() / "link");
  EXPECT_EQ(Take().tree, TreeOfGit());
  EXPECT_EQ(ReadOut("changed"), "2");
  EXPECT_EQ(ReadOut("new/file"), "3");
  EXPECT_EQ(ReadOut("becomes-dir/x"), "4");
  EXPECT_FALSE(Has("deleted"));
  EXPECT_FALSE(Has(".git"));
}

TEST_F(WorkingTreeTest, TakesAChangeOfTheSameSizeRightAfterTheCommit) {
  for (int i = 0; i < 20; ++i) {
    repository_.Write("a", "old");
    repository_.Commit("one");
    repository_.Write("a", "new");
    Take();
    ASSERT_EQ(ReadOut("a"), "new");
  }
}

TEST_F(WorkingTreeTest, LeavesIgnoredFilesOut) {
  repository_.Write(".gitignore", "*.o\nbuild/\n/top\n");
  repository_.Write("src/.gitignore", "local\n!keep.o\n");
  repository_.Write("forced.o", "tracked although it matches");
  repository_.Git({"add", "-f", "forced.o"});
  repository_.Commit("one");
  repository_.Write(".git/info/exclude", "excluded\n");
  for (const char* name : {"x.o", "build/deep/y", "top", "src/local", "excluded", "src/z.o"}) {
    repository_.Write(name, "ignored");
  }
  for (const char* name : {"src/keep.o", "src/top", "local"}) {
    repository_.Write(name, "kept");
  }
  EXPECT_EQ(Take().tree, TreeOfGit());
  for (const char* name : {"x.o", "build", "top", "src/local", "excluded", "src/z.o"}) {
    EXPECT_FALSE(Has(name)) << name;
  }
  for (const char* name : {"src/keep.o", "src/top", "local", "forced.o"}) {
    EXPECT_TRUE(Has(name)) << name;
  }
}

TEST_F(WorkingTreeTest, KeepsTrackedFilesOfAnIgnoredDirectory) {
  repository_.Write("build/kept", "1");
  repository_.Commit("one");
  repository_.Write(".gitignore", "build/\n");
  repository_.Write("build/new", "1");
  Take();
  EXPECT_TRUE(Has("build/kept"));
  EXPECT_FALSE(Has("build/new"));
}

TEST_F(WorkingTreeTest, WorksBeforeTheFirstCommit) {
  repository_.Write("a", "1");
  const Resolution resolution = Take();
  EXPECT_EQ(resolution.commit, "");
  EXPECT_EQ(resolution.branch, "main");
  EXPECT_EQ(ReadOut("a"), "1");
}

TEST_F(WorkingTreeTest, MakesSubmodulesEmptyAndLeavesOtherRepositoriesOut) {
  const GitRepository other(Path("other"));
  other.Write("x", "1");
  other.Commit("x");
  repository_.Git({"submodule", "-q", "add", other.path().string(), "module"});
  repository_.Commit("one");
  const GitRepository nested(repository_.path() / "nested");
  nested.Write("y", "1");
  nested.Commit("y");
  EXPECT_EQ(Take().tree, repository_.Git({"rev-parse", "HEAD^{tree}"}));
  EXPECT_TRUE(Has("module"));
  EXPECT_FALSE(Has("module/x"));
  EXPECT_FALSE(Has("nested"));
  EXPECT_THAT(progress_, Contains(HasSubstr("nested")));
}

TEST_F(WorkingTreeTest, TakesTheFilesAsTheyAreDespiteLineEndsAndFilters) {
  repository_.Write(".gitattributes", "*.txt text eol=crlf\n*.big filter=store\n");
  repository_.Write("a.txt", "one\r\ntwo\r\n");
  repository_.Write("b.big", "content");
  repository_.Git({"config", "filter.store.clean", "tr a-z A-Z"});
  repository_.Commit("one");
  Take();
  EXPECT_EQ(ReadOut("a.txt"), "one\r\ntwo\r\n");
  EXPECT_EQ(ReadOut("b.big"), "content");
}

TEST_F(WorkingTreeTest, LeavesOutWhatIsNoFile) {
  repository_.Commit("one");
  ASSERT_EQ(::mkfifo((repository_.path() / "pipe").c_str(), 0600), 0);
  std::filesystem::create_directories(repository_.path() / "empty");
  Take();
  EXPECT_FALSE(Has("pipe"));
  EXPECT_FALSE(Has("empty"));
}

TEST_F(WorkingTreeTest, SaysSoWhenAFileChangesBeforeItIsWritten) {
  repository_.Write("a", "1");
  HelperRequest request = Local(repository_);
  request.working_tree = true;
  CheckoutJob job(request, Path("mirror"), [](std::string_view) {});
  job.Resolve();
  repository_.Write("a", "2");
  std::filesystem::create_directories(Path("out"));
  EXPECT_THAT(ErrorOf([&] { job.Write(Path("out")); }), HasSubstr("changed while"));
}

TEST_F(WorkingTreeTest, WorksInALinkedWorktreeAndInASubmodule) {
  repository_.Write("a", "1");
  repository_.Commit("one");
  repository_.Git({"worktree", "add", "-q", "-b", "side", Path("linked").string()});
  std::filesystem::remove(Path("linked") / "a");
  HelperRequest request;
  request.working_tree = true;
  request.git_dir = repository_.path() / ".git" / "worktrees" / "linked";
  request.work_tree = Path("linked");
  const Resolution resolution = CheckOut(request);
  EXPECT_EQ(resolution.branch, "side");
  EXPECT_FALSE(Has("a"));
}

TEST_F(WorkingTreeTest, StopsAtItsBounds) {
  repository_.Write("a/b/c/d", "1");
  repository_.Write("e", "1");
  HelperRequest request = Local(repository_);
  request.working_tree = true;
  request.limits.depth = 2;
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr("deeper"));
  request.limits = {};
  request.limits.entries = 1;
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr("limit of 1 entries"));
}

}  // namespace
}  // namespace runtime::git
