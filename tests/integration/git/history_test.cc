// The `.git` directory of a checkout: what git itself makes of it.
#include <gmock/gmock.h>

#include "runtime/layer/copy.h"
#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/command.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;
using testing::Not;

class HistoryTest : public ServedRepositoryTest {
 protected:
  // The checkout with its history, as a step sees it: a new directory.
  std::filesystem::path Get(const CheckoutRequest& request, const HistoryOrder& order) {
    CheckoutRequest both = request;
    both.history = order;
    const CheckedOut checkout = CheckOut(both);
    id_ = checkout.history.layer;
    const std::filesystem::path out = Path("got-" + std::to_string(++gets_));
    std::filesystem::create_directories(out);
    std::vector<layer::LayerId> both_layers = {checkout.layer};
    if (!id_.empty()) {
      both_layers.push_back(id_);
    }
    layer::LinkLayer(layers_.Stack(both_layers).lower, out);
    return out;
  }
  static std::string Git(const std::filesystem::path& directory,
                         const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"git", "-C", directory};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return tests::RunProgram(words);
  }
  // Two branches that were merged, behind the commits of the fixture; the merge.
  std::string Merge() {
    work_.Git({"checkout", "-q", "-b", "topic", "HEAD~1"});
    work_.Write("b", "b");
    work_.Commit("topic");
    work_.Git({"checkout", "-q", "main"});
    work_.Git({"merge", "-q", "--no-ff", "-m", "merge", "topic"});
    return work_.Git({"rev-parse", "HEAD"});
  }

  tests::GitHttpServer server_{served_};
  layer::LayerId id_;

 private:
  int gets_ = 0;
};

TEST_F(HistoryTest, IsWhole) {
  Merge();
  Push();
  const auto out = Get(Remote(server_.Url("open/repo.git")), {.branch = "main"});
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
  EXPECT_EQ(Git(out, {"log", "--format=%H %s"}), work_.Git({"log", "--format=%H %s"}));
  EXPECT_EQ(Git(out, {"rev-parse", "--abbrev-ref", "HEAD"}), "main");
  EXPECT_EQ(Git(out, {"describe"}), work_.Git({"describe"}));
  EXPECT_EQ(Git(out, {"diff", "v1", "--", "a"}), work_.Git({"diff", "v1", "--", "a"}));
}

TEST_F(HistoryTest, HasAnIndexThatGitNeedNotWriteAnew) {
  const auto out = Get(Remote(server_.Url("open/repo.git")), {});
  const std::string before = base::ReadFile(out / ".git/index");
  EXPECT_EQ(Git(out, {"status", "--porcelain"}), "");
  EXPECT_THAT(Git(out, {"describe", "--dirty"}), Not(HasSubstr("dirty")));
  EXPECT_EQ(base::ReadFile(out / ".git/index"), before);
  base::WriteFileAtomically(out / "a", "other");
  EXPECT_THAT(Git(out, {"status", "--porcelain"}), HasSubstr("M a"));
}

TEST_F(HistoryTest, EndsAtTheDepth) {
  const std::string merge = Merge();
  Push();
  const std::string url = server_.Url("open/repo.git");
  const auto one = Get(Remote(url), {.depth = 1, .branch = "main"});
  EXPECT_EQ(Git(one, {"log", "--format=%H"}), merge);
  EXPECT_EQ(Git(one, {"rev-parse", "--is-shallow-repository"}), "true");
  EXPECT_EQ(Git(one, {"fsck", "--strict", "--no-progress"}), "");
  const auto two = Get(Remote(url), {.depth = 2, .branch = "main"});
  EXPECT_EQ(Git(two, {"rev-list", "--count", "HEAD"}), "3");  // both parents of the merge
  EXPECT_EQ(Git(two, {"fsck", "--strict", "--no-progress"}), "");
  const auto all = Get(Remote(url), {.depth = 100, .branch = "main"});
  EXPECT_EQ(Git(all, {"rev-parse", "--is-shallow-repository"}), "false");
}

TEST_F(HistoryTest, HasTheTagsThatLeadIntoItAndNoOthers) {
  work_.Git({"tag", "light"});
  work_.Git({"tag", "-a", "-m", "of a tag", "nested", "v1"});
  work_.Git({"checkout", "-q", "--orphan", "elsewhere"});
  work_.Commit("another root");
  work_.Git({"tag", "elsewhere"});
  work_.Git({"tag", "of-a-file", "HEAD:a"});
  work_.Git({"checkout", "-q", "main"});
  Push();
  const auto out = Get(Remote(server_.Url("open/repo.git")), {});
  EXPECT_EQ(Git(out, {"tag"}), "light\nnested\nv1");
  EXPECT_EQ(Git(out, {"cat-file", "-t", "v1"}), "tag");
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
  const auto last = Get(Remote(server_.Url("open/repo.git")), {.depth = 1});
  EXPECT_EQ(Git(last, {"tag"}), "light");
}

TEST_F(HistoryTest, KnowsATagThatCameAfterTheCommit) {
  const CheckoutRequest request = Remote(server_.Url("open/repo.git"), second_);
  EXPECT_EQ(Git(Get(request, {}), {"tag"}), "v1");
  work_.Git({"tag", "-a", "-m", "v2", "v2"});
  Push();
  EXPECT_EQ(Git(Get(request, {}), {"describe"}), "v2");
}

TEST_F(HistoryTest, IsTheSameFromElsewhere) {
  Merge();
  Push();
  const auto remote = Get(Remote(server_.Url("open/repo.git")), {.depth = 100, .branch = "main"});
  work_.Git({"gc", "-q", "--aggressive"});
  const auto local = Get(Local(work_.path()), {.depth = 100, .branch = "main"});
  EXPECT_EQ(tests::RunProgram({"diff", "-r", remote, local}), "");
}

TEST_F(HistoryTest, IsTheSameFromElsewhereButForThePacksWhenItIsWhole) {
  Merge();
  Push();
  const auto remote = Get(Remote(server_.Url("open/repo.git")), {.branch = "main"});
  work_.Git({"gc", "-q", "--aggressive"});
  const auto local = Get(Local(work_.path()), {.branch = "main"});
  for (const auto& out : {remote, local}) {
    EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress", "--no-dangling"}), "");
    base::RemoveTree(out / ".git/objects/pack");
  }
  EXPECT_EQ(tests::RunProgram({"diff", "-r", remote, local}), "");
}

TEST_F(HistoryTest, OfWhichNothingIsCopiedAgainForTheNextCommit) {
  work_.Git({"gc", "-q"});
  const auto pack = [](const std::filesystem::path& out, const std::string& wanted) {
    for (const auto& entry : std::filesystem::directory_iterator(out / ".git/objects/pack")) {
      if (wanted.empty() || entry.path().filename() == wanted) {
        return entry.path();
      }
    }
    return std::filesystem::path();
  };
  const auto first = pack(Get(Local(work_.path()), {}), "");
  work_.Write("a", "3");
  work_.Commit("third");
  const auto out = Get(Local(work_.path()), {});
  EXPECT_TRUE(std::filesystem::equivalent(pack(out, first.filename()), first));
  EXPECT_EQ(Git(out, {"log", "-1", "--format=%s"}), "third");
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
}

TEST_F(HistoryTest, OfALocalRepositoryHasFewPacks) {
  Get(Local(work_.path()), {});
  for (int i = 0; i < 60; ++i) {  // a pack of loose objects each
    work_.Write("a", std::to_string(i));
    work_.Commit("another");
    Get(Local(work_.path()), {});
  }
  const auto out = Get(Local(work_.path()), {});
  const std::filesystem::directory_iterator packs(out / ".git/objects/pack");
  EXPECT_LT(std::distance(begin(packs), end(packs)), 2 * 51);
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
}

TEST_F(HistoryTest, IsWholeThoughAnUnusedObjectIsDamaged) {
  const std::string unused = work_.Git({"hash-object", "-w", ".git/HEAD"});
  const auto file = work_.path() / ".git/objects" / unused.substr(0, 2) / unused.substr(2);
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  std::filesystem::resize_file(file, 5);
  const auto out = Get(Local(work_.path()), {});
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
  EXPECT_THAT(progress_,
              testing::Contains(HasSubstr("object " + unused + " of the repository is damaged")));
}

TEST_F(HistoryTest, IsWholeAfterACopyThatWasInterrupted) {
  work_.Git({"gc", "-q"});
  Get(Local(work_.path()), {});
  work_.Write("a", "3");
  work_.Commit("third");
  work_.Git({"repack", "-q", "-d"});
  for (const auto& mirror : std::filesystem::directory_iterator(state_.git())) {
    if (mirror.is_directory()) {
      base::WriteFileAtomically(mirror.path() / "objects/incoming", "half of a pack",
                                base::Durability::kNoFlush, 0444);
      base::WriteFileAtomically(mirror.path() / "objects/pack/pack-of-nothing.pack", "half of one");
    }
  }
  const auto out = Get(Local(work_.path()), {});
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
  EXPECT_FALSE(std::filesystem::exists(out / ".git/objects/pack/pack-of-nothing.pack"));
}

TEST_F(HistoryTest, HasARepairedPackInPlaceOfADamagedOne) {
  work_.Git({"gc", "-q"});
  std::filesystem::path pack;
  for (const auto& entry :
       std::filesystem::directory_iterator(work_.path() / ".git/objects/pack")) {
    pack = entry.path().extension() == ".pack" ? entry.path() : pack;
  }
  const std::string whole = base::ReadFile(pack);
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  base::WriteFileAtomically(pack, damaged);
  try {
    Get(Local(work_.path()), {.ahead = true});
  } catch (const base::Error&) {
    // As bad as it may be.
  }
  base::WriteFileAtomically(pack, whole);
  work_.Git({"index-pack", pack});
  work_.Write("a", "3");
  work_.Commit("third");
  EXPECT_EQ(Git(Get(Local(work_.path()), {}), {"fsck", "--strict", "--no-progress"}), "");
}

TEST_F(HistoryTest, HasNothingOfAnEarlierRepositoryAtTheSamePlace) {
  const auto place = Path("place");
  const auto make = [&](const std::string& text) {
    base::RemoveTree(place);
    const tests::GitRepository repository(place);
    repository.Write("a", text);
    repository.Commit("one");
    return repository.Git({"rev-parse", "HEAD:a"});
  };
  const std::string old = make("a secret");
  Get(Local(place), {});
  make("none");
  const auto out = Get(Local(place), {});
  EXPECT_THAT(Git(out, {"cat-file", "--batch-all-objects", "--batch-check"}), Not(HasSubstr(old)));
}

TEST_F(HistoryTest, ThatIsOrderedAheadFailsNothing) {
  const auto pack = work_.path() / ".git/objects/pack";
  std::filesystem::create_directories(pack);
  base::WriteFileAtomically(pack / "pack-a.pack", "");
  std::filesystem::resize_file(pack / "pack-a.pack", 9ull << 30);
  base::WriteFileAtomically(pack / "pack-a.idx", "");
  const auto out = Get(Local(work_.path()), {.ahead = true});
  EXPECT_TRUE(std::filesystem::exists(out / "a"));
  EXPECT_FALSE(std::filesystem::exists(out / ".git"));
  EXPECT_THROW(Get(Local(work_.path()), {}), base::Error);
}

TEST_F(HistoryTest, IsDetachedWhereHeadNamesNoBranchThatThereCouldBe) {
  const auto git = work_.path() / ".git";
  const std::string evil = "refs/heads/x\n" + second_ + " refs/heads/evil";
  std::filesystem::create_directories((git / evil).parent_path());
  base::WriteFileAtomically(git / evil, second_ + "\n");
  base::WriteFileAtomically(git / "HEAD", "ref: " + evil + "\n");
  CheckoutRequest request = Local(work_.path());
  request.commit = second_;
  const auto out = Get(request, {});
  EXPECT_THAT(Git(out, {"for-each-ref"}), Not(HasSubstr("evil")));
}

TEST_F(HistoryTest, LeavesOutWhatIsNoPack) {
  const auto pack = work_.path() / ".git/objects/pack";
  std::filesystem::create_directories(pack / "pack-a.pack");
  base::WriteFileAtomically(pack / "pack-a.idx", "");
  base::WriteFileAtomically(pack / "pack-b.idx", "");
  std::filesystem::create_symlink("/runner-git", pack / "pack-b.pack");
  const auto out = Get(Local(work_.path()), {});
  EXPECT_FALSE(std::filesystem::exists(out / ".git/objects/pack/pack-b.pack"));
  EXPECT_EQ(Git(out, {"rev-list", "--count", "HEAD"}), "2");
}

TEST_F(HistoryTest, IsMadeOnceForACommit) {
  const CheckoutRequest request = Local(work_.path());
  Get(request, {.depth = 1});
  const layer::LayerId first = id_;
  Get(request, {.depth = 1});
  EXPECT_EQ(id_, first);
  Get(request, {.depth = 2});
  EXPECT_NE(id_, first);
}

TEST_F(HistoryTest, OfAShallowRepositoryEndsWhereThatDoes) {
  const auto shallow = Path("shallow");
  tests::RunProgram(
      {"git", "clone", "-q", "--depth=1", "file://" + work_.path().native(), shallow});
  const auto out = Get(Local(shallow), {});
  EXPECT_EQ(Git(out, {"log", "--format=%H"}), second_);
  EXPECT_EQ(Git(out, {"fsck", "--strict", "--no-progress"}), "");
}

TEST_F(HistoryTest, LooksAtFilesThatAreOthersThanTheCommits) {
  work_.Write("a", "3");  // as long as it was
  CheckoutRequest request = Local(work_.path());
  request.working_tree = true;
  const auto out = Get(request, {.branch = "main"});
  EXPECT_THAT(Git(out, {"status", "--porcelain"}), HasSubstr("M a"));
}

TEST_F(HistoryTest, TakesNothingOfTheRepositorysConfiguration) {
  work_.Git({"config", "core.fsmonitor", "touch /tmp/never"});
  work_.Write(".git/hooks/post-checkout", "#!/bin/sh\n");
  const auto out = Get(Local(work_.path()), {});
  EXPECT_THAT(base::ReadFile(out / ".git/config"), Not(HasSubstr("fsmonitor")));
  EXPECT_FALSE(std::filesystem::exists(out / ".git/hooks"));
}

TEST_F(HistoryTest, PacksDirectoriesThreeThousandDeep) {
  // What git's own index would refuse: made of trees alone, and gone again in the next commit.
  std::string tree = work_.Git({"rev-parse", "HEAD:dir"});
  tree = tests::RunProgram({"sh", "-c",
                            "tree=$2; for i in $(seq 3000); do"
                            " tree=$(printf '040000 tree %s\\td\\n' $tree | git -C \"$1\" mktree);"
                            " done; echo $tree",
                            "sh", work_.path(), tree});
  const std::string deep = work_.Git({"commit-tree", "-p", "HEAD", "-m", "deep", tree});
  work_.Git({"update-ref", "refs/heads/main",
             work_.Git({"commit-tree", "-p", deep, "-m", "flat", "HEAD^{tree}"})});
  const auto out = Get(Local(work_.path()), {});
  EXPECT_EQ(Git(out, {"cat-file", "-t", tree}), "tree");
}

TEST_F(HistoryTest, OfARepositoryWithoutCommitsIsAnError) {
  const tests::GitRepository empty(Path("empty"));
  CheckoutRequest request = Local(empty.path());
  request.working_tree = true;
  try {
    request.history.emplace();
    EXPECT_EQ(CheckOut(request).history.layer, "");
    git_.CheckOutHistory(request, [](std::string_view) {}, {});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("no commit yet"));
  }
}

}  // namespace
}  // namespace runtime::git
