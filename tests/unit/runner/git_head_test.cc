#include "runner/git_head.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "tests/support/git_repository.h"

namespace runner {
namespace {

class GitHeadTest : public testing::Test {
 protected:
  GitHead Read() const { return Read(repository_.path()); }
  static GitHead Read(const std::filesystem::path& path) {
    return ReadGitHead(runtime::git::FindLocalRepository(path));
  }

  runtime::base::TemporaryDirectory directory_{testing::TempDir(), "head"};
  tests::GitRepository repository_{directory_.path() / "repository"};
};

TEST_F(GitHeadTest, IsABranchWithoutACommitAtFirst) {
  EXPECT_EQ(Read().branch, "main");
  EXPECT_EQ(Read().commit, "");
}

TEST_F(GitHeadTest, IsTheBranchAndItsCommit) {
  const std::string commit = repository_.Commit("one");
  repository_.Git({"checkout", "-q", "-b", "feature/a"});
  EXPECT_EQ(Read().branch, "feature/a");
  EXPECT_EQ(Read().commit, commit);
}

TEST_F(GitHeadTest, IsFoundAmongPackedReferences) {
  const std::string commit = repository_.Commit("one");
  repository_.Git({"pack-refs", "--all"});
  EXPECT_EQ(Read().commit, commit);
}

TEST_F(GitHeadTest, IsACommitWithoutABranch) {
  const std::string commit = repository_.Commit("one");
  repository_.Git({"checkout", "-q", commit});
  EXPECT_EQ(Read().branch, "");
  EXPECT_EQ(Read().commit, commit);
}

TEST_F(GitHeadTest, IsThatOfALinkedWorktree) {
  const std::string commit = repository_.Commit("one");
  const std::filesystem::path linked = directory_.path() / "linked";
  repository_.Git({"worktree", "add", "-q", "-b", "topic", linked.string()});
  EXPECT_EQ(Read(linked).branch, "topic");
  EXPECT_EQ(Read(linked).commit, commit);
}

TEST_F(GitHeadTest, LeavesNoGitDirectory) {
  repository_.Write(".git/HEAD", "ref: refs/heads/../../../secret\n");
  EXPECT_THROW(Read(), runtime::base::Error);
  repository_.Write(".git/HEAD", "nonsense\n");
  EXPECT_THROW(Read(), runtime::base::Error);
}

}  // namespace
}  // namespace runner
