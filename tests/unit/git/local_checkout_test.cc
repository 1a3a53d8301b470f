// A commit of a local repository: the right one, with exactly git's files.
#include <gmock/gmock.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;
using tests::GitRepository;
using tests::Listing;

class LocalCheckout : public GitTest {
 protected:
  GitRepository repository_{Path("repository")};
};

TEST_F(LocalCheckout, GivesTheFilesThatGitArchiveGives) {
  repository_.Write("a.txt", "one\n");
  repository_.Write("src/deep/b.bin", std::string("\0\xff\r\n", 4));
  repository_.Write("run.sh", "#!/bin/sh\n");
  repository_.Write("empty", "");
  std::filesystem::permissions(repository_.path() / "run.sh", std::filesystem::perms(0755));
  std::filesystem::create_symlink("src/deep", repository_.path() / "link");
  std::filesystem::create_symlink("/nowhere", repository_.path() / "dangling");
  repository_.Commit("First line\n\nmore");
  CheckOut(Local(repository_));
  std::filesystem::create_directories(Path("expected"));
  repository_.Git({"archive", "-o", Path("a.tar").string(), "HEAD"});
  tests::RunProgram({"tar", "-xf", Path("a.tar").string(), "-C", Path("expected").string(),
                     "--no-same-permissions"});
  EXPECT_EQ(Listing(Path("out")), Listing(Path("expected")));
}

TEST_F(LocalCheckout, DescribesTheCommit) {
  repository_.Write("a", "x");
  const std::string commit = repository_.Commit("First line\n\nmore");
  const Resolution resolution = CheckOut(Local(repository_));
  EXPECT_EQ(resolution.commit, commit);
  EXPECT_EQ(resolution.tree, repository_.Git({"rev-parse", "HEAD^{tree}"}));
  EXPECT_EQ(resolution.commit_time, 1700000000);
  EXPECT_EQ(resolution.branch, "main");
  EXPECT_EQ(resolution.title, "First line");
  EXPECT_EQ(resolution.author, "Ada");
}

TEST_F(LocalCheckout, UnderstandsRevisionsReferencesAndTags) {
  repository_.Write("a", "1");
  const std::string first = repository_.Commit("one");
  repository_.Git({"tag", "-a", "-m", "annotated", "v1"});
  repository_.Git({"branch", "side"});
  repository_.Write("a", "2");
  repository_.Commit("two");
  for (const std::string& revision : {first, first.substr(0, 10), std::string("HEAD~1"),
                                      std::string("v1"), std::string("side")}) {
    HelperRequest request = Local(repository_);
    request.commit = revision;
    EXPECT_EQ(CheckOut(request).commit, first) << revision;
    EXPECT_EQ(ReadOut("a"), "1");
  }
  for (const char* ref : {"refs/heads/side", "refs/tags/v1"}) {
    HelperRequest request = Local(repository_);
    request.ref = ref;
    EXPECT_EQ(CheckOut(request).commit, first) << ref;
  }
}

TEST_F(LocalCheckout, SaysWhatIsMissing) {
  EXPECT_THAT(ErrorOf([&] { CheckOut(Local(repository_)); }), HasSubstr("no commit yet"));
  repository_.Commit("one");
  HelperRequest request = Local(repository_);
  request.ref = "refs/heads/missing";
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr("has no refs/heads/missing"));
  request.ref.clear();
  request.commit = "nothing-like-it";
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr("\"nothing-like-it\""));
  request.commit = std::string(40, '1');
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr(std::string(40, '1')));
  request.commit = "HEAD^{tree}";
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr("is no commit"));
}

TEST_F(LocalCheckout, ReadsABareRepository) {
  repository_.Write("a", "1");
  const std::string commit = repository_.Commit("one");
  repository_.Git({"clone", "-q", "--bare", ".", Path("bare.git").string()});
  HelperRequest request;
  request.git_dir = Path("bare.git");
  EXPECT_EQ(CheckOut(request).commit, commit);
  EXPECT_EQ(ReadOut("a"), "1");
}

TEST_F(LocalCheckout, NeverWritesToTheRepository) {
  repository_.Write("a", "1");
  repository_.Commit("one");
  const std::string before = Listing(repository_.path());
  HelperRequest request = Local(repository_);
  CheckOut(request);
  request.working_tree = true;
  repository_.Write("b", "new");
  const std::string with_b = Listing(repository_.path());
  CheckOut(request);
  EXPECT_EQ(Listing(repository_.path()), with_b);
  EXPECT_NE(before, with_b);
}

TEST_F(LocalCheckout, SaysThatSha256RepositoriesAreNotSupported) {
  tests::RunProgram({"git", "init", "-q", "--object-format=sha256", Path("new").string()});
  HelperRequest request;
  request.git_dir = Path("new") / ".git";
  EXPECT_THAT(ErrorOf([&] { CheckOut(request); }), HasSubstr("sha256"));
}

TEST_F(LocalCheckout, NamesACorruptObject) {
  repository_.Write("a", std::string(1000, 'a'));
  repository_.Commit("one");
  const std::string blob = repository_.Git({"rev-parse", "HEAD:a"});
  const auto object = repository_.path() / ".git" / "objects" / blob.substr(0, 2) / blob.substr(2);
  const std::string other = repository_.Blob("something else");
  std::filesystem::remove(object);  // which is read-only
  std::filesystem::copy_file(
      repository_.path() / ".git" / "objects" / other.substr(0, 2) / other.substr(2), object);
  EXPECT_THAT(ErrorOf([&] { CheckOut(Local(repository_)); }), HasSubstr("read a:"));
  std::filesystem::remove(object);
  EXPECT_THAT(ErrorOf([&] { CheckOut(Local(repository_)); }), HasSubstr("read a:"));
}

// libgit2 1.5 waits for the rest, without an end.
TEST_F(LocalCheckout, NamesAnObjectThatWasCutShort) {
  repository_.Write("a", std::string(8u << 20, 'a'));
  repository_.Commit("one");
  const std::string blob = repository_.Git({"rev-parse", "HEAD:a"});
  const auto object = repository_.path() / ".git" / "objects" / blob.substr(0, 2) / blob.substr(2);
  std::filesystem::permissions(object, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  std::filesystem::resize_file(object, std::filesystem::file_size(object) / 2);
  EXPECT_THAT(ErrorOf([&] { CheckOut(Local(repository_)); }), HasSubstr(blob + " is cut short"));
}

}  // namespace
}  // namespace runtime::git
