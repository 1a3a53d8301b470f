// ssh: the user's key, and no host that isn't known.
#include <gmock/gmock.h>

#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;

class Ssh : public ServedRepositoryTest {
 protected:
  CheckoutRequest Request() const {
    CheckoutRequest request = Remote(server_.Url(served_ / "repo.git"));
    request.credential.ssh_key = server_.user_key();
    request.credential.known_hosts = server_.known_hosts();
    return request;
  }
  tests::GitSshServer server_;
};

TEST_F(Ssh, FetchesWithAKeyFromAKnownHost) {
  EXPECT_EQ(CheckOut(Request()).resolution.commit, second_);
}

TEST_F(Ssh, RefusesAHostThatIsNotKnown) {
  CheckoutRequest request = Request();
  request.credential.known_hosts.clear();
  EXPECT_THAT(ErrorOf(request), HasSubstr("known_hosts"));
  EXPECT_EQ(kind_, base::ErrorKind::kPermission);
  request.credential.accept_unknown_hosts = true;
  EXPECT_EQ(CheckOut(request).resolution.commit, second_);
}

TEST_F(Ssh, RefusesAHostWhoseKeyIsAnother) {
  CheckoutRequest request = Request();
  const tests::GitSshServer other;
  const std::string mine = request.credential.known_hosts;
  const std::string theirs = other.known_hosts();
  request.credential.known_hosts = mine.substr(0, mine.find(' ')) + theirs.substr(theirs.find(' '));
  request.credential.accept_unknown_hosts = true;
  EXPECT_THAT(ErrorOf(request), HasSubstr("known_hosts"));
}

TEST_F(Ssh, SaysThatAKeyWasRefused) {
  CheckoutRequest request = Request();
  request.credential.ssh_key = server_.other_key();
  EXPECT_THAT(ErrorOf(request), HasSubstr("refused"));
  EXPECT_EQ(kind_, base::ErrorKind::kPermission);
}

}  // namespace
}  // namespace runtime::git
