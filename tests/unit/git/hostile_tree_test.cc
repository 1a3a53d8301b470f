// Trees that git itself would not make.
#include <gmock/gmock.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::GitRepository;

class HostileTree : public GitTest {
 protected:
  std::string Error(const CheckoutLimits& limits = {}) {
    HelperRequest request = Local(repository_);
    request.limits = limits;
    return ErrorOf([&] { CheckOut(request); });
  }
  GitRepository repository_{Path("repository")};
  const std::string blob_ = repository_.Blob("x");
};

TEST_F(HostileTree, RefusesEveryPathToADotGitDirectory) {
  for (const std::string& name : {std::string(".git"), std::string(".GIT"), std::string("git~1"),
                                  std::string(".git "), std::string(".g\xe2\x80\x8cit")}) {
    const std::string hooks = repository_.Tree(
        {{"40000", "hooks", repository_.Tree({{"100755", "post-checkout", blob_}})}});
    repository_.CommitEntries({{"40000", name, hooks}});
    EXPECT_THAT(Error(), HasSubstr("is refused")) << name;
    repository_.CommitEntries({{"100644", name, blob_}});
    EXPECT_THAT(Error(), HasSubstr("is refused")) << name;
    repository_.CommitEntries({{"120000", name, blob_}});
    EXPECT_THAT(Error(), HasSubstr("is refused")) << name;
    repository_.CommitEntries({{"160000", name, blob_}});
    EXPECT_THAT(Error(), HasSubstr("is refused")) << name;
  }
}

TEST_F(HostileTree, RefusesNamesThatLeaveTheDirectory) {
  for (const char* name : {"..", ".", "a/b", "../../etc/x", "/etc/x"}) {
    repository_.CommitEntries({{"100644", name, blob_}});
    EXPECT_NE(Error(), "") << name;
    EXPECT_TRUE(std::filesystem::is_empty(Path("out"))) << name;
  }
}

TEST_F(HostileTree, NeverWritesThroughALinkOfTheSameName) {
  std::filesystem::create_directories(Path("victim"));
  const std::string link = repository_.Blob(Path("victim").string());
  const std::string inside = repository_.Tree({{"100644", "x", blob_}});
  repository_.CommitEntries({{"120000", "d", link}, {"40000", "d", inside}});
  EXPECT_NE(Error(), "");
  EXPECT_TRUE(std::filesystem::is_empty(Path("victim")));
}

TEST_F(HostileTree, KeepsNamesThatDifferInCaseApart) {
  repository_.CommitEntries(
      {{"100644", "A", repository_.Blob("1")}, {"100644", "a", repository_.Blob("2")}});
  EXPECT_EQ(Error(), "");
  EXPECT_EQ(ReadOut("A") + ReadOut("a"), "12");
}

TEST_F(HostileTree, TakesLinksToAnywhereAsDataOnly) {
  repository_.CommitEntries({{"120000", "a", repository_.Blob("/etc/passwd")},
                             {"120000", "b", repository_.Blob("../../../..")},
                             {"120000", "c", repository_.Blob(".git/config")}});
  EXPECT_EQ(Error(), "");
  EXPECT_EQ(std::filesystem::read_symlink(Path("out") / "b"), "../../../..");
}

TEST_F(HostileTree, RefusesALinkThatNoKernelCouldMake) {
  repository_.CommitEntries({{"120000", "a", repository_.Blob("")}});
  EXPECT_THAT(Error(), HasSubstr("no valid target"));
  repository_.CommitEntries({{"120000", "a", repository_.Blob(std::string("x\0y", 3))}});
  EXPECT_THAT(Error(), HasSubstr("no valid target"));
  repository_.CommitEntries({{"120000", "a", repository_.Blob(std::string(5000, 'x'))}});
  EXPECT_NE(Error(), "");
}

TEST_F(HostileTree, RefusesAnEntryWhoseObjectIsOfAnotherType) {
  const std::string tree = repository_.Tree({{"100644", "x", blob_}});
  repository_.CommitEntries({{"100644", "a", tree}});
  EXPECT_NE(Error(), "");
  repository_.CommitEntries({{"40000", "a", blob_}});
  EXPECT_NE(Error(), "");
}

TEST_F(HostileTree, MakesSubmodulesEmptyDirectoriesWhateverTheirUrl) {
  const std::string modules = repository_.Blob(
      "[submodule \"../../.git/hooks\"]\n\tpath = sub\n\turl = --upload-pack=touch marker\r\n"
      "[submodule \"x\"]\n\tpath = \"sub\\r\"\n\turl = ext::sh -c touch marker\n");
  repository_.CommitEntries(
      {{"100644", ".gitmodules", modules}, {"160000", "sub", std::string(40, '1')}});
  EXPECT_EQ(Error(), "");
  EXPECT_TRUE(std::filesystem::is_empty(Path("out") / "sub"));
}

TEST_F(HostileTree, StopsATreeBombAtTheBound) {
  std::string tree = repository_.Tree({{"100644", "f", blob_}});
  for (int level = 0; level < 12; ++level) {
    std::vector<GitRepository::Entry> entries;
    for (char name = 'a'; name < 'k'; ++name) {
      entries.push_back({"40000", std::string(1, name), tree});
    }
    tree = repository_.Tree(entries);
  }
  repository_.CommitEntries({{"40000", "bomb", tree}});
  CheckoutLimits limits;
  limits.entries = 1000;
  EXPECT_THAT(Error(limits), HasSubstr("limit of 1000 entries"));
}

TEST_F(HostileTree, StopsABlobBombBeforeItIsUnpacked) {
  const std::string bomb = repository_.Blob(std::string(8u << 20, '\0'));
  repository_.CommitEntries({{"100644", "bomb", bomb}});
  // Who unpacks it finds that its end is missing.
  const std::filesystem::path object =
      repository_.path() / ".git/objects" / bomb.substr(0, 2) / bomb.substr(2);
  std::filesystem::permissions(object, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  std::filesystem::resize_file(object, std::filesystem::file_size(object) / 2);
  CheckoutLimits limits;
  limits.file_bytes = 1u << 20;
  EXPECT_THAT(Error(limits), HasSubstr("limit of 1.0 MiB"));
}

TEST_F(HostileTree, StopsDeepNestingAtTheBound) {
  std::string tree = repository_.Tree({{"100644", "f", blob_}});
  for (int level = 0; level < 300; ++level) {
    tree = repository_.Tree({{"40000", "d", tree}});
  }
  repository_.CommitEntries({{"40000", "d", tree}});
  EXPECT_THAT(Error(), HasSubstr("deeper than the limit"));
}

TEST_F(HostileTree, TakesUglyReferenceNamesAsDataOnly) {
  repository_.Write("a", "1");
  const std::string commit = repository_.Commit("one");
  for (const char* name : {"zzz\";echo${IFS}x;#", "$(id)", "`id`", "--upload-pack=id", "a;b",
                           "'quote'", "m\xc3\xa4rz", "x|y", "<script>", "%0a", "@@"}) {
    repository_.Git({"update-ref", std::string("refs/heads/") + name, commit});
    HelperRequest request = Local(repository_);
    request.ref = std::string("refs/heads/") + name;
    EXPECT_EQ(CheckOut(request).branch, name);
  }
  for (const char* name : {"refs/heads/../x", "refs/heads/a\nb", "refs/heads/*", "refs/heads/a:b",
                           "heads/main", "HEAD", "-x", "refs/heads/\x1b[2J", "refs/heads/a..b"}) {
    HelperRequest request = Local(repository_);
    request.ref = name;
    const std::string error = ErrorOf([&] { CheckOut(request); });
    EXPECT_THAT(error, HasSubstr("no full reference name")) << name;
    EXPECT_THAT(error, Not(HasSubstr("\x1b"))) << name;
  }
}

}  // namespace
}  // namespace runtime::git
