// Repositories of this host: `runner exec` and file:// addresses.
#include "runtime/git/local_repository.h"

#include <gmock/gmock.h>

#include "tests/integration/git/git_container_fixture.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;

class LocalRepositoryTest : public ServedRepositoryTest {};

TEST_F(LocalRepositoryTest, ChecksOutPathsAndFileUrls) {
  const CheckedOut by_path = CheckOut(Local(work_.path()));
  EXPECT_EQ(by_path.resolution.commit, second_);
  EXPECT_EQ(by_path.resolution.branch, "main");
  EXPECT_EQ(by_path.layer, "git-" + work_.Git({"rev-parse", "HEAD^{tree}"}));
  EXPECT_EQ(Read(by_path, "a"), "2");
  EXPECT_FALSE(Has(by_path, ".git"));
  CheckoutRequest bare = Local("file://" + (served_ / "repo.git").string());
  bare.ref = "refs/tags/v1";
  EXPECT_EQ(CheckOut(bare).resolution.commit, first_);
}

TEST_F(LocalRepositoryTest, TakesTheWorkingTreeFromAnyDirectoryInside) {
  work_.Write("dir/new", "3");
  work_.Write(".gitignore", "*.o\n");
  work_.Write("x.o", "ignored");
  CheckoutRequest request = Local(work_.path() / "dir");
  request.working_tree = true;
  const CheckedOut checkout = CheckOut(request);
  EXPECT_EQ(checkout.resolution.commit, second_);
  EXPECT_EQ(Read(checkout, "dir/new"), "3");
  EXPECT_FALSE(Has(checkout, "x.o"));
}

TEST_F(LocalRepositoryTest, ReadsAWorkingTreeOfAnotherUser) {
  tests::RunProgram({"chown", "-R", "1234:1234", work_.path().string()});
  tests::RunProgram({"chmod", "-R", "go-rwx", work_.path().string()});
  CheckoutRequest request = Local(work_.path());
  request.working_tree = true;
  const CheckedOut checkout = CheckOut(request);
  EXPECT_EQ(Read(checkout, "a"), "2");
  struct stat status {};
  ASSERT_EQ(::stat((layers_.Path(checkout.layer) / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0u);
}

TEST_F(LocalRepositoryTest, WorksInALinkedWorktreeAndInASubmodule) {
  work_.Git({"worktree", "add", "-q", "-b", "side", Path("linked").string(), first_});
  CheckoutRequest linked = Local(Path("linked"));
  linked.working_tree = true;
  const CheckedOut checkout = CheckOut(linked);
  EXPECT_EQ(checkout.resolution.branch, "side");
  EXPECT_EQ(Read(checkout, "a"), "1");

  const tests::GitRepository outer(Path("outer"));
  outer.Git({"submodule", "-q", "add", work_.path().string(), "module"});
  outer.Write("module/extra", "4");
  CheckoutRequest module = Local(outer.path() / "module");
  module.working_tree = true;
  EXPECT_EQ(Read(CheckOut(module), "extra"), "4");
}

TEST_F(LocalRepositoryTest, NeedsNoCommit) {
  const tests::GitRepository fresh(Path("fresh"));
  fresh.Write("a", "1");
  CheckoutRequest request = Local(fresh.path());
  EXPECT_THAT(ErrorOf(request), HasSubstr("no commit yet"));
  request.working_tree = true;
  EXPECT_EQ(Read(CheckOut(request), "a"), "1");
}

TEST_F(LocalRepositoryTest, SaysWhatToDoWithoutARepository) {
  std::filesystem::create_directories(Path("plain"));
  EXPECT_THAT(ErrorOf(Local(Path("plain"))), HasSubstr("git init"));
  EXPECT_EQ(kind_, base::ErrorKind::kUsage);
  EXPECT_THAT(ErrorOf(Local(Path("missing"))), HasSubstr("no such directory"));
}

TEST_F(LocalRepositoryTest, RefusesPathsUnlessTheCallerAllowsThem) {
  CheckoutRequest request = Local(work_.path());
  request.local = LocalRepositories::kRefused;
  EXPECT_THAT(ErrorOf(request), HasSubstr("isn't allowed"));
}

TEST_F(LocalRepositoryTest, RefusesObjectsThatLieElsewhere) {
  work_.Git({"clone", "-q", "--shared", ".", Path("shared").string()});
  EXPECT_THAT(ErrorOf(Local(Path("shared"))), HasSubstr("borrows objects"));
  std::filesystem::rename(work_.path() / ".git" / "objects", Path("objects"));
  std::filesystem::create_directory_symlink(Path("objects"), work_.path() / ".git" / "objects");
  EXPECT_THAT(ErrorOf(Local(work_.path())), HasSubstr("is a link"));
}

TEST_F(LocalRepositoryTest, RefusesAParentRepositoryOfSomebodyElse) {
  std::filesystem::create_directories(work_.path() / "mine");
  tests::RunProgram({"chown", "1234", (work_.path() / "mine").string()});
  EXPECT_THAT(ErrorOf(Local(work_.path() / "mine")), HasSubstr("belongs to another user"));
}

}  // namespace
}  // namespace runtime::git
