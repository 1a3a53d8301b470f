#include "runtime/git/helper/changed_paths.h"

#include <gmock/gmock.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

using testing::ElementsAre;
using testing::Optional;

class ChangedPathsOfTrees : public GitTest {
 protected:
  ChangedPathList Changed(const std::string& before, const std::string& after,
                          const ChangeLimits& limits = {}) {
    const RepositoryPtr repository = OpenGitDirectory(work_.path() / ".git");
    return ChangedPaths(repository.get(), ToId(before), ToId(after), limits);
  }
  // A commit of a tree in which `levels` directories hold ten of the next each: 10^levels paths of
  // a few objects.
  std::string Bomb(const std::string& content, int levels) {
    std::vector<tests::GitRepository::Entry> entries = {{"100644", "f", work_.Blob(content)}};
    for (int level = 0; level < levels; ++level) {
      const std::string tree = work_.Tree(entries);
      entries.clear();
      for (int i = 0; i < 10; ++i) {
        entries.push_back({"40000", "d" + std::to_string(i), tree});
      }
    }
    return work_.CommitEntries(entries);
  }

  tests::GitRepository work_{Path("work")};
};

TEST_F(ChangedPathsOfTrees, AreWhatIsAddedRemovedRewrittenOrOfAnotherKind) {
  work_.Write("same/deep/a", "1");
  work_.Write("gone", "1");
  work_.Write("changed", "1");
  work_.Write("run", "1");
  work_.Write("was-file", "1");
  work_.Write("was-directory/x", "1");
  const std::string before = work_.Commit("before");
  work_.Git({"rm", "-q", "gone", "was-file", "was-directory/x"});
  work_.Write("changed", "2");
  work_.Write("new/deep/b", "1");
  work_.Write("was-file/y", "1");
  work_.Write("was-directory", "1");
  std::filesystem::permissions(work_.path() / "run", std::filesystem::perms::owner_all);
  const std::string after = work_.Commit("after");
  EXPECT_THAT(Changed(before, after),
              Optional(ElementsAre("changed", "gone", "new/deep/b", "run", "was-directory",
                                   "was-directory/x", "was-file", "was-file/y")));
  EXPECT_THAT(Changed(after, after), Optional(testing::IsEmpty()));
}

TEST_F(ChangedPathsOfTrees, AreNotKnownWhenThereAreTooMany) {
  const std::string before = Bomb("1", 0);
  EXPECT_EQ(Changed(before, Bomb("2", 9)), std::nullopt);
  EXPECT_EQ(Changed(Bomb("3", 9), Bomb("4", 9)), std::nullopt);
  EXPECT_THAT(Changed(before, Bomb("2", 2)), Optional(testing::SizeIs(101)));
  EXPECT_EQ(Changed(before, Bomb("2", 2), {.paths = 100}), std::nullopt);
  EXPECT_EQ(Changed(before, Bomb("2", 2), {.bytes = 500}), std::nullopt);
  EXPECT_EQ(Changed(before, Bomb("2", 2), {.depth = 1}), std::nullopt);
}

// Directories of directories and not one file: nothing is counted, and no end is in sight.
TEST_F(ChangedPathsOfTrees, EndsInATreeWithoutFiles) {
  std::vector<tests::GitRepository::Entry> entries;
  for (int level = 0; level < 12; ++level) {
    const std::string tree = work_.Tree(entries);
    entries.clear();
    for (int i = 0; i < 10; ++i) {
      entries.push_back({"40000", "d" + std::to_string(i), tree});
    }
  }
  const std::string bomb = work_.CommitEntries(entries);
  EXPECT_EQ(Changed(Bomb("1", 0), bomb, {.trees = 1000}), std::nullopt);
}

}  // namespace
}  // namespace runtime::git
