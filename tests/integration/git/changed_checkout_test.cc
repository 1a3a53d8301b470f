// The checkout of one more commit is written upon the one before: what that looks like mounted, and
// when it isn't done.
#include <gmock/gmock.h>

#include "runtime/layer/pack.h"
#include "runtime/layer/view.h"
#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

class ChangedCheckout : public GitContainerTest {
 protected:
  ChangedCheckout() {
    for (int i = 0; i < 100; ++i) {
      work_.Write("dir" + std::to_string(i % 10) + "/file" + std::to_string(i), "content");
    }
    work_.Commit("first");
  }

  CheckedOut CheckOutHead() {
    CheckoutRequest request = Local(work_.path());
    request.commit = "HEAD";
    return CheckOut(request);
  }
  // Of how many directories its layer is.
  size_t Depth(const CheckedOut& checkout) const {
    return layers_.Directories(checkout.layer).size();
  }
  void Change(const std::string& file, const std::string& content = "other") const {
    work_.Write(file, content);
    work_.Commit("change " + file);
  }

  // The archive of the same tree by somebody who knows of no other.
  base::Digest WholeDigest() const {
    const base::StateDir fresh(Path("fresh"));
    const auto host = container::Host::Open(fresh);
    const layer::LayerStore layers(fresh);
    CheckoutRequest request = Local(work_.path());
    request.commit = "HEAD";
    const CheckedOut checkout =
        GitContainer(*host, layers, Helper()).CheckOut(request, [](std::string_view) {}, {});
    return layer::Pack(layers.Path(checkout.layer), nullptr).diff_id;
  }

  tests::GitRepository work_{Path("work")};
};

TEST_F(ChangedCheckout, IsMountedAsExactlyTheCommitsTree) {
  work_.Write("becomes-directory", "x");
  work_.Write("becomes-file/x", "x");
  work_.Write("goes/deep/down", "x");
  work_.Write("executable", "x");
  work_.Commit("before");
  CheckOutHead();
  fs::remove(work_.path() / "becomes-directory");
  fs::remove_all(work_.path() / "becomes-file");
  fs::remove_all(work_.path() / "goes");
  work_.Write("becomes-directory/x", "y");
  work_.Write("becomes-file", "y");
  fs::create_symlink("dir1/file1", work_.path() / "dir1/link");
  fs::permissions(work_.path() / "executable", fs::perms(0755));
  work_.Commit("after");

  const CheckedOut checkout = CheckOutHead();
  ASSERT_EQ(Depth(checkout), 2u);
  const base::UniqueFd view = layer::OpenView(layers_.Stack({checkout.layer}));
  const base::Digest mounted =
      layer::Pack("/proc/self/fd/" + std::to_string(view.get()), nullptr).diff_id;
  EXPECT_EQ(layer::Pack(layers_.Directories(checkout.layer), nullptr).diff_id, mounted);
  EXPECT_EQ(WholeDigest(), mounted);
}

TEST_F(ChangedCheckout, StandsOnAWholeTreeHoweverManyCommitsThereWere) {
  const CheckedOut first = CheckOutHead();
  for (int i = 0; i < 6; ++i) {
    Change("dir0/file0", std::to_string(i));
    const CheckedOut checkout = CheckOutHead();
    EXPECT_EQ(layers_.Directories(checkout.layer).front(), layers_.Path(first.layer));
    EXPECT_EQ(Depth(checkout), 2u);
  }
}

TEST_F(ChangedCheckout, IsWholeAgainWhenAnEighthIsDifferent) {
  CheckOutHead();
  for (int i = 0; i < 20; ++i) {
    work_.Write("dir1/more" + std::to_string(i), "x");
  }
  work_.Commit("many");
  const CheckedOut whole = CheckOutHead();
  EXPECT_EQ(Depth(whole), 1u);
  Change("dir0/file0");
  EXPECT_EQ(layers_.Directories(CheckOutHead().layer).front(), layers_.Path(whole.layer));
}

TEST_F(ChangedCheckout, OfBranchesInTurnStandsOnEachOnesOwn) {
  CheckOutHead();
  work_.Git({"checkout", "-q", "--orphan", "pages"});
  work_.Git({"rm", "-rfq", "."});
  for (int i = 0; i < 40; ++i) {
    work_.Write("page" + std::to_string(i), "page");
  }
  work_.Commit("pages");
  EXPECT_EQ(Depth(CheckOutHead()), 1u);
  for (const char* branch : {"main", "pages", "main", "pages"}) {
    work_.Git({"checkout", "-q", branch});
    Change(std::string(branch) == "main" ? "dir0/file0" : "page0",
           branch + work_.Git({"rev-parse", "HEAD"}));
    EXPECT_EQ(Depth(CheckOutHead()), 2u) << branch;
  }
}

TEST_F(ChangedCheckout, OfARemoteRepositoryStandsOnTheOneBefore) {
  const fs::path served = Path("served");
  work_.Git({"clone", "-q", "--bare", ".", (served / "repo.git").string()});
  const tests::GitHttpServer server(served);
  const CheckoutRequest request = Remote(server.Url("open/repo.git"));
  EXPECT_EQ(Depth(CheckOut(request)), 1u);
  Change("dir0/file0");
  work_.Git({"push", "-q", (served / "repo.git").string(), "main"});
  EXPECT_EQ(Depth(CheckOut(request)), 2u);

  Change("dir0/file0", "once more");
  work_.Git({"push", "-q", (served / "repo.git").string(), "main"});
  CheckoutRequest with_credential = request;
  with_credential.credential = {.username = "u", .password = "p", .ssh_key = "", .known_hosts = ""};
  EXPECT_EQ(Depth(CheckOut(with_credential)), 1u) << "what was got otherwise is none of its trees";
}

TEST_F(ChangedCheckout, OfAnotherRepositoryIsWhole) {
  CheckOutHead();
  work_.Git({"clone", "-q", ".", Path("copy").string()});
  const tests::GitRepository copy(Path("copy"));
  copy.Write("dir0/file0", "other");
  copy.Commit("other");
  CheckoutRequest request = Local(copy.path());
  request.commit = "HEAD";
  EXPECT_EQ(Depth(CheckOut(request)), 1u);
}

TEST_F(ChangedCheckout, IsWholeWhenItsGroundIsGone) {
  const CheckedOut first = CheckOutHead();
  Change("dir0/file0");
  const CheckedOut second = CheckOutHead();
  layers_.Remove(first.layer);
  const CheckedOut again = CheckOutHead();
  EXPECT_EQ(again.layer, second.layer);
  EXPECT_FALSE(again.reused);
  EXPECT_EQ(Depth(again), 1u);
}

TEST_F(ChangedCheckout, TakesADamagedNoteOfTheTreesForNone) {
  CheckOutHead();
  for (const auto& entry : fs::directory_iterator(state_.git())) {
    base::WriteFileAtomically(entry.path(), "../../x 1 1\n" + std::string(40, 'a') + " -5 x",
                              base::Durability::kNoFlush);
  }
  Change("dir0/file0");
  EXPECT_EQ(Depth(CheckOutHead()), 1u);
}

// A program in the helper's place, that says and writes what it likes.
TEST_F(ChangedCheckout, OfAHelperThatNamesItsOwnGroundIsRefused) {
  const CheckedOut first = CheckOutHead();
  const std::string tree(40, 'b');
  base::WriteFileAtomically(
      Path("lies.c"),
      "#include <stdio.h>\n#include <unistd.h>\n"
      "int main(void) { char b[65536]; (void)!read(0, b, sizeof b);\n"
      "puts(\"{\\\"resolved\\\":{\\\"commit\\\":\\\"\\\",\\\"tree\\\":\\\"" +
          tree +
          "\\\",\\\"commit_time\\\":0,\\\"branch\\\":\\\"\\\",\\\"title\\\":\\\"\\\","
          "\\\"author\\\":\\\"\\\",\\\"submodules\\\":[],\\\"history\\\":\\\"\\\"}}\"); "
          "fflush(stdout);\n"
          "(void)!read(0, b, sizeof b);\n"
          "puts(\"{\\\"written\\\":{\\\"files\\\":0,\\\"bytes\\\":0,\\\"entries\\\":0,"
          "\\\"base\\\":\\\"" +
          first.resolution.tree + "\\\",\\\"left_out\\\":false}}\"); return 0; }\n",
      base::Durability::kNoFlush);
  tests::RunProgram({"cc", "-static", "-o", Path("lies").string(), Path("lies.c").string()});
  const tests::GitRepository stranger(Path("stranger"));
  stranger.Write("a", "1");
  stranger.Commit("one");
  const GitContainer git(*host_, layers_, Path("lies"));
  try {
    git.CheckOut(Local(stranger.path()), [](std::string_view) {}, {});
    ADD_FAILURE() << "it was believed";
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("a tree of its own choice"));
  }
  EXPECT_FALSE(layers_.Has("git-" + tree));
  EXPECT_TRUE(fs::is_empty(state_.tmp()));
}

}  // namespace
}  // namespace runtime::git
