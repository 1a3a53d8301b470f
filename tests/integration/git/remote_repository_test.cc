// http and git servers: what is fetched, what the credential does, how failures read.
#include <gmock/gmock.h>

#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class RemoteRepository : public ServedRepositoryTest {
 protected:
  static Credential Secret(const std::string& password = "secret") {
    return {.username = "ada", .password = password, .ssh_key = "", .known_hosts = ""};
  }
  std::filesystem::path OnlyMirror() const {
    std::filesystem::directory_iterator entry(state_.git());
    while (!entry->is_directory()) {
      ++entry;
    }
    return *entry;
  }
  tests::GitHttpServer server_{served_};
};

TEST_F(RemoteRepository, FetchesABranchATagACommitAndTheDefault) {
  const std::string url = server_.Url("open/repo.git");
  EXPECT_EQ(CheckOut(Remote(url)).resolution.branch, "main");
  EXPECT_EQ(CheckOut(Remote(url, "v1")).resolution.commit, first_);
  EXPECT_EQ(CheckOut(Remote(url, first_)).resolution.commit, first_);
  CheckoutRequest request = Remote(url);
  request.ref = "refs/tags/v1";
  EXPECT_EQ(CheckOut(request).resolution.commit, first_);
  request.ref = "refs/heads/main";
  const CheckedOut checkout = CheckOut(request);
  EXPECT_EQ(checkout.resolution.commit, second_);
  EXPECT_EQ(Read(checkout, "a"), "2");
}

TEST_F(RemoteRepository, AsksNoServerForACommitThatTheMirrorHas) {
  CheckOut(Remote(server_.Url("open/repo.git"), second_));
  const std::string before = server_.Log();
  EXPECT_EQ(CheckOut(Remote(server_.Url("open/repo.git"), first_)).resolution.commit, first_);
  EXPECT_EQ(server_.Log(), before);
}

TEST_F(RemoteRepository, SeesANewCommitAndAForcedPush) {
  CheckoutRequest request = Remote(server_.Url("open/repo.git"));
  request.ref = "refs/heads/main";
  CheckOut(request);
  work_.Git({"reset", "-q", "--hard", first_});
  work_.Write("a", "3");
  const std::string third = work_.Commit("third");
  Push();
  EXPECT_EQ(CheckOut(request).resolution.commit, third);
  // A branch where a directory of branches was, or the reverse, is no conflict in the mirror.
  const std::string bare = (served_ / "repo.git").string();
  tests::RunProgram({"git", "-C", bare, "update-ref", "-d", "refs/heads/main"});
  tests::RunProgram({"git", "-C", bare, "update-ref", "refs/heads/main/below", third});
  request.ref = "refs/heads/main/below";
  EXPECT_EQ(CheckOut(request).resolution.commit, third);
}

TEST_F(RemoteRepository, GivesTheCredentialWhereItIsAskedFor) {
  CheckoutRequest request = Remote(server_.Url("private/repo.git"));
  EXPECT_THAT(ErrorOf(request), HasSubstr("asks for a login"));
  EXPECT_EQ(kind_, base::ErrorKind::kPermission);
  request.credential = Secret("wrong");
  EXPECT_THAT(ErrorOf(request), HasSubstr("credential was refused"));
  EXPECT_EQ(kind_, base::ErrorKind::kPermission);
  request.credential = Secret();
  EXPECT_EQ(CheckOut(request).resolution.commit, second_);
}

TEST_F(RemoteRepository, KeepsWhatACredentialFetchedFromThoseWithout) {
  CheckoutRequest request = Remote(server_.Url("private/repo.git"), second_);
  request.credential = Secret();
  CheckOut(request);
  request.credential = {};
  EXPECT_NE(ErrorOf(request), "");
}

TEST_F(RemoteRepository, FollowsARedirectOnTheSameHostWithTheCredential) {
  CheckoutRequest request = Remote(server_.Url("moved/repo.git"));
  request.credential = Secret();
  EXPECT_EQ(CheckOut(request).resolution.commit, second_);
}

TEST_F(RemoteRepository, NeverTakesACredentialToAnotherHost) {
  CheckoutRequest request = Remote(server_.Url("away/repo.git"));
  request.credential = Secret();
  EXPECT_NE(ErrorOf(request), "");
  EXPECT_THAT(server_.Log(), Not(HasSubstr("localhost")));
  request.credential = {};
  EXPECT_EQ(CheckOut(request).resolution.commit, second_);
}

TEST_F(RemoteRepository, LeavesTheCredentialNowhereOnDisk) {
  CheckoutRequest request = Remote(server_.Url("private/repo.git"));
  request.credential = Secret("secret");
  CheckOut(request);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state_.root())) {
    if (entry.is_regular_file() && entry.path().filename() != "runner-git" &&
        entry.path().filename() != "ca-certificates.crt") {
      EXPECT_THAT(base::ReadFile(entry.path()), Not(HasSubstr("secret"))) << entry.path();
    }
  }
}

TEST_F(RemoteRepository, SaysClearlyWhatIsWrong) {
  EXPECT_THAT(ErrorOf(Remote(server_.Url("open/missing.git"))), HasSubstr("404"));
  EXPECT_THAT(ErrorOf(Remote(server_.Url("error500/repo.git"))), HasSubstr("500"));
  EXPECT_NE(ErrorOf(Remote(server_.Url("cut/repo.git"))), "");
  EXPECT_EQ(kind_, base::ErrorKind::kUnavailable);
  const std::string closed = "127.0.0.1:" + std::to_string(tests::FreePort());
  EXPECT_THAT(ErrorOf(Remote("http://" + closed + "/a")), HasSubstr("refused"));
  EXPECT_EQ(kind_, base::ErrorKind::kUnavailable);
  EXPECT_THAT(ErrorOf(Remote("https://no-such-host.invalid/a")), HasSubstr("no-such-host.invalid"));
  CheckoutRequest request = Remote(server_.Url("open/repo.git"));
  request.ref = "refs/heads/missing";
  EXPECT_THAT(ErrorOf(request), HasSubstr("has no refs/heads/missing"));
  request.ref.clear();
  request.commit = std::string(40, '1');
  EXPECT_THAT(ErrorOf(request), HasSubstr("is on no branch or tag"));
  EXPECT_EQ(kind_, base::ErrorKind::kNotFound);
}

TEST_F(RemoteRepository, StopsAFetchAtItsBounds) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < (2u << 20); ++i, x = x * 1664525 + 1013904223) {
    noise += static_cast<char>(x >> 24);
  }
  work_.Write("noise", noise);
  work_.Commit("noise");
  Push();
  CheckoutRequest request = Remote(server_.Url("open/repo.git"));
  request.limits.pack_bytes = 1u << 20;
  EXPECT_THAT(ErrorOf(request), HasSubstr("more than the limit of 1.0 MiB"));
  request.limits = {};
  request.limits.objects = 3;
  EXPECT_THAT(ErrorOf(request), HasSubstr("more than the limit of 3 objects"));
}

TEST_F(RemoteRepository, MakesADamagedMirrorAnew) {
  const CheckoutRequest request = Remote(server_.Url("open/repo.git"), second_);
  const CheckedOut before = CheckOut(request);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(OnlyMirror())) {
    if (entry.path().extension() == ".pack") {
      std::filesystem::permissions(entry.path(), std::filesystem::perms(0600));
      std::filesystem::resize_file(entry.path(), 40);
    }
  }
  EXPECT_EQ(CheckOut(request).resolution.commit, second_);
  EXPECT_THAT(progress_, Contains(HasSubstr("made anew")));
  // Unreadable as a whole.
  layers_.Remove(before.layer);
  std::filesystem::remove(OnlyMirror() / "HEAD");
  EXPECT_EQ(Read(CheckOut(request), "a"), "2");
}

TEST_F(RemoteRepository, MakesAMirrorAnewThatBreaksOnlyInTheFiles) {
  const CheckoutRequest request = Remote(server_.Url("open/repo.git"), second_);
  const CheckedOut before = CheckOut(request);
  layers_.Remove(before.layer);
  // The pack unpacked into single objects, then one of them lost.
  tests::RunProgram({"sh", "-ec",
                     "cd \"$0\"; mv objects/pack/*.pack \"$1\"; rm -f objects/pack/*; "
                     "git unpack-objects -q < \"$1\"",
                     OnlyMirror().string(), Path("pack").string()});
  const std::string blob = work_.Git({"rev-parse", "HEAD:a"});
  std::filesystem::remove(OnlyMirror() / "objects" / blob.substr(0, 2) / blob.substr(2));
  EXPECT_EQ(Read(CheckOut(request), "a"), "2");
  EXPECT_THAT(progress_, Contains(HasSubstr("made anew")));
}

TEST_F(RemoteRepository, FetchesOverTheGitProtocol) {
  const tests::GitDaemon daemon(served_);
  EXPECT_EQ(CheckOut(Remote(daemon.Url("repo.git"))).resolution.commit, second_);
  EXPECT_EQ(CheckOut(Remote(daemon.Url("repo.git"), first_)).resolution.commit, first_);
  EXPECT_NE(ErrorOf(Remote(daemon.Url("missing.git"))), "");
}

}  // namespace
}  // namespace runtime::git
