// What a commit changed, asked of the git container.
#include <gmock/gmock.h>

#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

using testing::ElementsAre;
using testing::Optional;

class ChangedPathsTest : public ServedRepositoryTest {
 protected:
  ChangedPathList Ask(const CheckoutRequest& request, const ChangeBase& since) {
    return git_.ChangedPaths(request, since, [](std::string_view) {}, {});
  }
  // Of the commit `second_`.
  CheckoutRequest OverHttp(const std::string& commit) {
    return Remote(server_.Url("open/repo.git"), commit);
  }
  tests::GitHttpServer server_{served_};
};

TEST_F(ChangedPathsTest, OfAPushAreCountedFromTheCommitBefore) {
  EXPECT_THAT(Ask(OverHttp(second_), {.commit = first_, .ref = ""}), Optional(ElementsAre("a")));
  CheckoutRequest local = Local(work_.path());
  local.commit = second_;
  EXPECT_THAT(Ask(local, {.commit = first_, .ref = ""}), Optional(ElementsAre("a")));
}

TEST_F(ChangedPathsTest, AreNotKnownWithoutTheCommitBefore) {
  EXPECT_EQ(Ask(OverHttp(second_), {.commit = std::string(40, '1'), .ref = ""}), std::nullopt);
}

// The base went on meanwhile: what it changed isn't the pull request's.
TEST_F(ChangedPathsTest, OfAPullRequestAreCountedFromWhereItLeftItsBase) {
  work_.Git({"checkout", "-q", "-b", "topic"});
  work_.Write("new", "x");
  const std::string topic = work_.Commit("topic");
  work_.Git({"checkout", "-q", "main"});
  work_.Write("base", "x");
  work_.Commit("base");
  Push();
  CheckoutRequest request = OverHttp(topic);
  request.ref = "refs/heads/topic";
  EXPECT_THAT(Ask(request, {.commit = "", .ref = "refs/heads/main"}), Optional(ElementsAre("new")));
  EXPECT_EQ(Ask(request, {.commit = "", .ref = "refs/heads/gone"}), std::nullopt);
  CheckoutRequest local = Local(work_.path());
  local.commit = topic;
  EXPECT_THAT(Ask(local, {.commit = "", .ref = "refs/heads/main"}), Optional(ElementsAre("new")));
}

TEST_F(ChangedPathsTest, MayBeMoreThanFitOnOneLine) {
  std::vector<tests::GitRepository::Entry> entries;
  const std::string blob = work_.Blob("x");
  for (int i = 0; i < 5000; ++i) {
    entries.push_back({"100644", std::to_string(10000 + i) + std::string(200, 'n'), blob});
  }
  const std::string many = work_.CommitEntries(entries);
  CheckoutRequest local = Local(work_.path());
  local.commit = many;
  const ChangedPathList changed = Ask(local, {.commit = first_, .ref = ""});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->size(), 5002u);  // Those and the two that are gone.
}

TEST_F(ChangedPathsTest, ANameThatIsNoTextIsShownAsOne) {
  const std::string odd = work_.CommitEntries({{"100644", "caf\xe9\n\"", work_.Blob("x")}});
  CheckoutRequest local = Local(work_.path());
  local.commit = odd;
  EXPECT_THAT(Ask(local, {.commit = second_, .ref = ""}),
              Optional(testing::Contains("caf\xef\xbf\xbd\n\"")));
}

TEST_F(ChangedPathsTest, RefusesABaseThatIsNoNameOfAReference) {
  EXPECT_THROW(Ask(OverHttp(second_), {.commit = "", .ref = "refs/heads/../x"}), base::Error);
  EXPECT_THROW(Ask(OverHttp(second_), {.commit = "--upload-pack=x", .ref = ""}), base::Error);
}

}  // namespace
}  // namespace runtime::git
