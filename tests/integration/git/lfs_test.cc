// Git LFS: what git-lfs itself pushed, from a real server and from a repository of this host.
#include <sys/stat.h>

#include "tests/integration/git/lfs_fixture.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST_F(LfsTest, GivesTheFilesThatGitLfsGives) {
  work_.Write("dir/.gitattributes", "*.txt filter=lfs\n[attr]none filter=lfs\nb.bin -filter\n");
  work_.Write("dir/large.txt", "by another file");
  work_.Write("dir/deep/also.txt", std::string(50, 'd'));
  work_.Write("empty.bin", "");
  work_.Write("looks.like", PointerTo("first content"));  // Without the attribute.
  work_.Write("name with \xc3\xbc.bin", "another name");
  work_.Commit("second");
  Push();
  EXPECT_EQ(tests::Listing(Get(Remote(server_.Url("open/repo.git")))), Judge());
}

TEST_F(LfsTest, LeavesThePointersToWhoDoesNotAskForMore) {
  Push();
  const size_t before = server_.Log().size();
  const CheckedOut checkout = CheckOut(Remote(server_.Url("open/repo.git")));
  EXPECT_EQ(Read(checkout, "a.bin"), PointerTo("first content"));
  EXPECT_THAT(server_.Log().substr(before), Not(HasSubstr("objects/batch")));
}

TEST_F(LfsTest, LeavesWhatIsNoPointerAsItIsLikeGitLfs) {
  const std::vector<std::string> contents = {
      "version https://git-lfs.github.com/spec/v1\n",
      PointerTo(std::string(63, 'a'), 5),
      PointerTo(std::string(64, 'G'), 5),
      PointerTo(std::string(64, 'a'), 5) + "more\n",
      PointerTo(std::string(64, 'a'), 5) + std::string(1024, '\n'),
      "oid sha256:" + std::string(64, 'a') +
          "\nversion https://git-lfs.github.com/spec/v1\nsize 1\n",
      "version https://git-lfs.github.com/spec/v9\noid sha256:" + std::string(64, 'a') +
          "\nsize 1\n",
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') +
          "\nsize -1\n"};
  std::vector<tests::GitRepository::Entry> entries = {
      {"100644", ".gitattributes", work_.Blob("* filter=lfs\n.gitattributes -filter\n")}};
  for (size_t i = 0; i < contents.size(); ++i) {
    entries.push_back({"100644", "f" + std::to_string(i), work_.Blob(contents[i])});
  }
  work_.CommitEntries(entries);
  const fs::path got = Get(Local(work_.path() / ".git"));
  EXPECT_FALSE(lfs_);
  for (size_t i = 0; i < contents.size(); ++i) {
    EXPECT_EQ(base::ReadFile(got / ("f" + std::to_string(i))), contents[i]);
  }
}

TEST_F(LfsTest, FetchesNothingOfACommitThatIsKnown) {
  Push();
  Get(Remote(server_.Url("open/repo.git"), work_.Git({"rev-parse", "HEAD"})));
  const std::optional<layer::LayerId> first = lfs_;
  const std::string log = server_.Log();
  Get(Remote(server_.Url("open/repo.git"), work_.Git({"rev-parse", "HEAD"})));
  EXPECT_EQ(lfs_, first);
  EXPECT_EQ(server_.Log(), log);
}

TEST_F(LfsTest, FetchesOfAnotherCommitWhatIsNewAlone) {
  Push();
  Get(Remote(server_.Url("open/repo.git")));
  work_.Write("a.bin", "second content");
  work_.Commit("second");
  Push();
  const size_t before = server_.Log().size();
  const fs::path got = Get(Remote(server_.Url("open/repo.git")));
  EXPECT_EQ(base::ReadFile(got / "a.bin"), "second content");
  const std::string log = server_.Log().substr(before);
  EXPECT_THAT(log, HasSubstr(base::Digest::Of("second content").hex()));
  EXPECT_THAT(log, Not(HasSubstr(base::Digest::Of("large content").hex())));
}

TEST_F(LfsTest, HasOneLayerForTreesWithTheSameFiles) {
  Push();
  Get(Remote(server_.Url("open/repo.git")));
  const std::optional<layer::LayerId> first = lfs_;
  work_.Write("plain", "changed");
  work_.Commit("second");
  Push();
  Get(Remote(server_.Url("open/repo.git")));
  EXPECT_EQ(lfs_, first);
  fs::permissions(work_.path() / "a.bin", fs::perms(0755));
  work_.Commit("third");
  Push();
  const fs::path got = Get(Remote(server_.Url("open/repo.git")));
  EXPECT_NE(lfs_, first);
  EXPECT_EQ(tests::Listing(got), Judge());
}

TEST_F(LfsTest, IsOnDiskOnceHoweverManyTreesHaveIt) {
  Push();
  Get(Remote(server_.Url("open/repo.git")));
  const fs::path before = layers_.Path(*lfs_) / "dir/b.bin";
  work_.Write("a.bin", "second content");
  work_.Commit("second");
  Push();
  Get(Remote(server_.Url("open/repo.git")));
  EXPECT_TRUE(fs::equivalent(before, layers_.Path(*lfs_) / "dir/b.bin"));
}

TEST_F(LfsTest, OfAPrivateRepositoryIsFetchedWithItsCredential) {
  Push();
  CheckoutRequest request = Remote(server_.Url("private/repo.git"));
  request.credential = {.username = "ada", .password = "secret", .ssh_key = "", .known_hosts = ""};
  EXPECT_EQ(base::ReadFile(Get(request) / "a.bin"), "first content");
}

TEST_F(LfsTest, OfAPrivateRepositoryIsNotGivenToWhoNamesItsObjectsWithoutALogin) {
  Push();
  CheckoutRequest request = Remote(server_.Url("private/repo.git"));
  request.credential = {.username = "ada", .password = "secret", .ssh_key = "", .known_hosts = ""};
  Get(request);
  const CheckedOut same_tree = CheckOut(Remote(server_.Url("open/repo.git")));
  request.credential = {};
  EXPECT_THAT(ErrorOfLfs(request, same_tree), HasSubstr("asks for a login"));
}

TEST_F(LfsTest, SaysThatALoginIsMissing) {
  Push();
  CheckoutRequest request = Remote(server_.Url("open/repo.git"));
  const CheckedOut checkout = CheckOut(request);
  request.url = server_.Url("private/repo.git");
  const std::string error = ErrorOfLfs(request, checkout);
  EXPECT_EQ(kind_, base::ErrorKind::kPermission);
  EXPECT_THAT(error, HasSubstr("asks for a login, and no credential is given to it (401)"));
  EXPECT_THAT(error, HasSubstr(".bin"));
}

TEST_F(LfsTest, NamesTheFileThatTheServerHasNot) {
  Push();
  fs::remove(server_.lfs_objects() / base::Digest::Of("first content").hex());
  EXPECT_THAT(ErrorOfGet(Remote(server_.Url("open/repo.git"))),
              HasSubstr("a.bin: the server hasn't got it (404): Object does not exist"));
  EXPECT_EQ(kind_, base::ErrorKind::kNotFound);
}

TEST_F(LfsTest, SaysWhatToDoForARepositoryBySsh) {
  Push();
  CheckoutRequest request = Remote(server_.Url("open/repo.git"));
  const CheckedOut checkout = CheckOut(request);
  request.url = "git@example.com:a/b.git";
  const std::string error = ErrorOfLfs(request, checkout);
  EXPECT_THAT(error, HasSubstr("Git LFS by ssh (git-lfs-authenticate)"));
  EXPECT_THAT(error, HasSubstr("clone it by https"));
}

TEST_F(LfsTest, IsAskedForWhereLfsconfigSaysOnTheSameHost) {
  Push();
  work_.Write(".lfsconfig", "[lfs]\n\turl = " + server_.Url("open/other.git/info/lfs") + "\n");
  work_.Commit("second");
  Push();
  CheckoutRequest request = Remote(server_.Url("open/repo.git"));
  EXPECT_EQ(base::ReadFile(Get(request) / "a.bin"), "first content");
  EXPECT_THAT(server_.Log(), HasSubstr("/open/other.git/info/lfs/objects/batch"));
}

class LfsOfALocalRepository : public LfsTest {};

TEST_F(LfsOfALocalRepository, IsTakenFromItsOwnObjects) {
  const fs::path got = Get(Local(work_.path() / ".git"));
  EXPECT_EQ(base::ReadFile(got / "a.bin"), "first content");
  EXPECT_EQ(server_.Log(), "");
}

TEST_F(LfsOfALocalRepository, IsFetchedFromItsOriginWhereItHasNone) {
  Push();
  fs::remove_all(work_.path() / ".git/lfs/objects");
  const fs::path got = Get(Local(work_.path() / ".git"));
  EXPECT_EQ(base::ReadFile(got / "a.bin"), "first content");
  EXPECT_FALSE(fs::exists(work_.path() / ".git/lfs/objects")) << "its repository is read alone";
}

TEST_F(LfsOfALocalRepository, SaysWhatToDoWhereItsOriginAsksForALogin) {
  Push();
  fs::remove_all(work_.path() / ".git/lfs/objects");
  work_.Git({"remote", "set-url", "origin", server_.Url("private/repo.git")});
  const std::string error = ErrorOfGet(Local(work_.path() / ".git"));
  EXPECT_THAT(error, HasSubstr("`git lfs fetch` there gets it"));
  EXPECT_THAT(error, HasSubstr("it asks for a login, and no credential is given to it (401)"));
  work_.Git({"remote", "set-url", "origin", served_ / "repo.git"});
  EXPECT_THAT(ErrorOfGet(Local(work_.path() / ".git")),
              HasSubstr("its remote \"origin\" can't be asked; `git lfs fetch` there gets it"));
}

TEST_F(LfsOfALocalRepository, IsFetchedInPlaceOfADamagedObject) {
  Push();
  const std::string oid = base::Digest::Of("first content").hex();
  const fs::path object =
      work_.path() / ".git/lfs/objects" / oid.substr(0, 2) / oid.substr(2, 2) / oid;
  fs::permissions(object, fs::perms(0644));
  base::WriteFileAtomically(object, "fools content");
  EXPECT_EQ(base::ReadFile(Get(Local(work_.path() / ".git")) / "a.bin"), "first content");
  EXPECT_THAT(progress_, testing::Contains(HasSubstr("a.bin is damaged in the repository")));
}

TEST_F(LfsOfALocalRepository, IsNotReadThroughALinkOrFromAPipe) {
  work_.Git({"remote", "remove", "origin"});
  const std::string oid = base::Digest::Of("first content").hex();
  const fs::path object =
      work_.path() / ".git/lfs/objects" / oid.substr(0, 2) / oid.substr(2, 2) / oid;
  fs::rename(object, work_.path() / ".git/elsewhere");
  fs::create_symlink(work_.path() / ".git/elsewhere", object);
  fs::create_symlink("../../../../elsewhere", object.string() + ".relative");
  EXPECT_THAT(ErrorOfGet(Local(work_.path() / ".git")), HasSubstr("a.bin isn't among"));
  fs::rename(object.string() + ".relative", object);
  EXPECT_THAT(ErrorOfGet(Local(work_.path() / ".git")), HasSubstr("a.bin isn't among"));
  fs::remove(object);
  ASSERT_EQ(::mkfifo(object.c_str(), 0600), 0);
  EXPECT_THAT(ErrorOfGet(Local(work_.path() / ".git")), HasSubstr("a.bin isn't among"));
}

TEST_F(LfsOfALocalRepository, OfAWorkingTreeHasItsFilesAsTheyAre) {
  work_.Write("a.bin", "not committed");
  work_.Write("new.bin", "not added");
  CheckoutRequest request = Local(work_.path());
  request.working_tree = true;
  const fs::path got = Get(request);
  EXPECT_EQ(base::ReadFile(got / "a.bin"), "not committed");
  EXPECT_EQ(base::ReadFile(got / "new.bin"), "not added");
  EXPECT_EQ(base::ReadFile(got / "dir/b.bin"), "large content");
  EXPECT_FALSE(lfs_) << "nothing in it is a pointer";
}

TEST_F(LfsOfALocalRepository, OfAWorkingTreeHasTheFilesOfItsPointersToo) {
  work_.Write("a.bin", PointerTo("first content"));
  CheckoutRequest request = Local(work_.path());
  request.working_tree = true;
  EXPECT_EQ(base::ReadFile(Get(request) / "a.bin"), "first content");
}

TEST_F(LfsOfALocalRepository, SaysWhatToDoWithoutAnOrigin) {
  fs::remove_all(work_.path() / ".git/lfs/objects");
  work_.Git({"remote", "remove", "origin"});
  EXPECT_THAT(ErrorOfGet(Local(work_.path() / ".git")),
              HasSubstr("it has no remote \"origin\"; `git lfs fetch` there gets it"));
  work_.Git({"remote", "add", "origin", "git@example.com:a/b.git"});
  EXPECT_THAT(ErrorOfGet(Local(work_.path() / ".git")),
              HasSubstr("`git lfs fetch` gets its files"));
  work_.Git({"remote", "set-url", "origin", "https://ada:geheim@example.com/b.git"});
  const std::string error = ErrorOfGet(Local(work_.path() / ".git"));
  EXPECT_THAT(error, HasSubstr("has a login in it"));
  EXPECT_THAT(error, Not(HasSubstr("geheim")));
}

TEST_F(LfsTest, OfManyObjectsIsAskedForInParts) {
  for (int i = 0; i < 250; ++i) {
    work_.Write("many/" + std::to_string(i) + ".bin", "content " + std::to_string(i));
  }
  work_.Commit("many");
  Push();
  const size_t before = server_.Log().size();
  EXPECT_EQ(tests::Listing(Get(Remote(server_.Url("open/repo.git")))), Judge());
  const std::string log = server_.Log().substr(before);
  size_t batches = 0;
  for (size_t at = 0; (at = log.find("/objects/batch", at)) != std::string::npos; ++at) {
    ++batches;
  }
  EXPECT_GE(batches, 3u);
}

}  // namespace
}  // namespace runtime::git
