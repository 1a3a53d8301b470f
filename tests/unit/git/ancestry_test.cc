#include "runtime/git/helper/ancestry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/files.h"
#include "runtime/git/helper/git_library.h"
#include "tests/support/git_repository.h"

namespace runtime::git {
namespace {

class AncestryTest : public testing::Test {
 protected:
  // An empty commit on the branch that is checked out.
  git_oid Commit(const std::string& title) const {
    work_.Git({"commit", "-q", "--allow-empty", "-m", title});
    return Head();
  }
  git_oid Head() const { return ToId(work_.Git({"rev-parse", "HEAD"})); }
  std::vector<bool> Ask(const git_oid& tip, const std::vector<git_oid>& commits) {
    const RepositoryPtr repository = OpenGitDirectory(work_.path() / ".git");
    Ancestry ancestry(repository.get(), file_);
    const IdSet found = ancestry.Of(tip, commits);
    walked_ = ancestry.walked();
    std::vector<bool> answers;
    for (const git_oid& commit : commits) {
      answers.push_back(found.contains(commit));
    }
    return answers;
  }

  const base::TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "ancestry"};
  const tests::GitRepository work_{directory_.path() / "work"};
  const GitLibrary library_{directory_.path()};
  const std::filesystem::path file_ = directory_.path() / "ancestry";
  size_t walked_ = 0;
};

TEST_F(AncestryTest, KnowsAncestorsTheTipItselfAndOthers) {
  const git_oid first = Commit("first");
  const git_oid second = Commit("second");
  work_.Git({"checkout", "-q", "-b", "side", "HEAD~1"});
  const git_oid side = Commit("side");
  EXPECT_EQ(Ask(second, {first, second, side}), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(Ask(side, {first, second, side}), (std::vector<bool>{true, false, true}));
}

TEST_F(AncestryTest, WalksOnlyWhatIsNewUponATipThatItKnows) {
  const git_oid first = Commit("first");
  for (int i = 0; i < 20; ++i) {
    Commit("more");
  }
  Ask(Head(), {first});
  EXPECT_EQ(walked_, 21);
  Ask(Head(), {first});
  EXPECT_EQ(walked_, 0);
  const git_oid next = Commit("next");
  EXPECT_EQ(Ask(Commit("tip"), {first, next}), (std::vector<bool>{true, true}));
  EXPECT_EQ(walked_, 2);
}

TEST_F(AncestryTest, TakesWhatAMergeBringsForNew) {
  const git_oid first = Commit("first");
  work_.Git({"checkout", "-q", "-b", "side"});
  const git_oid side = Commit("side");
  work_.Git({"checkout", "-q", "main"});
  const git_oid main = Commit("main");
  EXPECT_EQ(Ask(main, {first, side}), (std::vector<bool>{true, false}));
  work_.Git({"merge", "-q", "--no-ff", "-m", "merge", "side"});
  EXPECT_EQ(Ask(Head(), {first, side}), (std::vector<bool>{true, true}));
  EXPECT_EQ(walked_, 2);
}

TEST_F(AncestryTest, TakesNothingFromATipThatThisOneDoesNotStandOn) {
  const git_oid first = Commit("first");
  const git_oid second = Commit("second");
  Ask(second, {first, second});
  EXPECT_EQ(Ask(first, {first, second}), (std::vector<bool>{true, false}));
  work_.Git({"checkout", "-q", "-b", "side", "HEAD~1"});
  EXPECT_EQ(Ask(Commit("side"), {first, second}), (std::vector<bool>{true, false}));
}

TEST_F(AncestryTest, WalksAgainForACommitThatNobodyAskedForBefore) {
  const git_oid first = Commit("first");
  const git_oid second = Commit("second");
  Ask(second, {second});
  EXPECT_EQ(Ask(second, {first, second}), (std::vector<bool>{true, true}));
}

TEST_F(AncestryTest, GoesOnWithoutATipThatIsGoneAndAFileThatIsNone) {
  const git_oid first = Commit("first");
  for (const char* text : {"tip 0123456789012345678901234567890123456789\nin nothing", "\0\xff",
                           "in 0123456789012345678901234567890123456789", "tip x"}) {
    base::WriteFileAtomically(file_, text);
    EXPECT_EQ(Ask(first, {first}), std::vector<bool>{true});
  }
}

}  // namespace
}  // namespace runtime::git
