// Repositories that attack whoever clones them.
#include <gmock/gmock.h>

#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;

class HostileRepository : public ServedRepositoryTest {
 protected:
  tests::GitHttpServer server_{served_};
  std::string Url() const { return server_.Url("open/repo.git"); }
};

TEST_F(HostileRepository, RunsNothingThatItBrings) {
  const std::string marker = Path("marker").string();
  work_.Write(".gitattributes", "* filter=evil\n");
  work_.Write(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c 'touch " + marker +
                                 "'\n\tupdate = !touch " + marker + "\n");
  work_.Write(".lfsconfig", "[lfs]\n\turl = ext::touch " + marker + "\n");
  work_.Write("hooks/post-checkout", "#!/bin/sh\ntouch " + marker + "\n");
  work_.Commit("evil");
  Push();
  const CheckedOut checkout = CheckOut(Remote(Url()));
  EXPECT_TRUE(Has(checkout, ".gitmodules"));
  EXPECT_FALSE(std::filesystem::exists(marker));
}

TEST_F(HostileRepository, RefusesADotGitInItsTree) {
  const std::string blob = work_.Blob("x");
  work_.CommitEntries({{"40000", ".GIT", work_.Tree({{"100755", "config", blob}})}});
  Push();
  EXPECT_THAT(ErrorOf(Remote(Url())), HasSubstr(".GIT"));
  EXPECT_EQ(kind_, base::ErrorKind::kInvalid);
}

TEST_F(HostileRepository, GivesUpOnCorruptObjectsWithOneClearLine) {
  // A file of its own: a local clone shares it with the first repository.
  const std::string blob = work_.Git({"rev-parse", "HEAD:a"});
  const auto object = served_ / "repo.git" / "objects" / blob.substr(0, 2) / blob.substr(2);
  ASSERT_TRUE(std::filesystem::remove(object));
  base::WriteFileAtomically(object, "garbage", base::Durability::kNoFlush);
  const std::string error = ErrorOf(Remote(Url()));
  EXPECT_NE(error, "");
  EXPECT_EQ(error.find('\n'), std::string::npos);
}

TEST_F(HostileRepository, CarriesUglyBranchesTitlesAndAuthorsAsData) {
  const std::string name = "zzz\";echo${IFS}x;#";
  work_.Git({"-c", "user.name=x", "commit", "-q", "--allow-empty", "-m",
             "\x1b]0;title\x07 $(id) ::add-mask::x"});
  work_.Git({"branch", name});
  Push();
  CheckoutRequest request = Remote(Url());
  request.ref = "refs/heads/" + name;
  const CheckedOut checkout = CheckOut(request);
  EXPECT_EQ(checkout.resolution.branch, name);
  EXPECT_THAT(checkout.resolution.title, HasSubstr("$(id)"));
}

// CVE-2022-2417.
TEST_F(HostileRepository, ABranchThatIsNamedLikeACommitIsNotTakenForIt) {
  work_.Git({"update-ref", "refs/heads/" + first_, second_});
  work_.Git({"update-ref", "refs/tags/" + first_, second_});
  Push();
  CheckoutRequest request = Remote(Url(), first_);
  EXPECT_EQ(CheckOut(request).resolution.commit, first_);
  request.ref = "refs/heads/" + first_;
  EXPECT_EQ(CheckOut(request).resolution.commit, first_);
  EXPECT_EQ(Read(CheckOut(request), "a"), "1");
}

TEST_F(HostileRepository, CannotReachAnythingByALinkedCheckout) {
  work_.CommitEntries({{"120000", "out", work_.Blob("/out/../mirror")},
                       {"120000", "up", work_.Blob("../../../../etc")}});
  Push();
  const CheckedOut checkout = CheckOut(Remote(Url()));
  EXPECT_EQ(std::filesystem::read_symlink(layers_.Path(checkout.layer) / "up"), "../../../../etc");
}

}  // namespace
}  // namespace runtime::git
