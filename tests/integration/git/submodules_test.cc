// Submodules over http, and in a working tree; those of strangers too.
#include "runtime/git/submodules.h"

#include <gmock/gmock.h>

#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Submodules : public ServedRepositoryTest {
 protected:
  // A bare repository NAME.git with one file NAME, and submodules with these addresses; its commit.
  std::string Serve(const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& modules = {}) {
    const tests::GitRepository made(Path("made-" + name));
    const std::string blob = made.Blob(name);
    std::string gitmodules;
    std::vector<tests::GitRepository::Entry> entries;
    for (const auto& [path, url] : modules) {
      gitmodules += "[submodule \"" + path + "\"]\npath = " + path + "\nurl = " + url + "\n";
      entries.push_back({"160000", path, commits_.contains(path) ? commits_[path] : first_});
    }
    entries.push_back({"100644", ".gitmodules", made.Blob(gitmodules)});
    entries.push_back({"100644", "file-" + name, blob});
    const std::string commit = made.CommitEntries(entries);
    made.Git({"push", "-q", "-f", "--mirror", NewBare(name)});
    commits_[name] = commit;
    return commit;
  }

  std::vector<PlacedCheckout> Get(CheckoutRequest request, bool recursive = false) {
    request.submodules = true;
    const CheckedOut checkout = CheckOut(request);
    return CheckOutSubmodules(git_, request, checkout, recursive, [](std::string_view) {}, {});
  }
  std::vector<PlacedCheckout> GetServed(const std::string& name, bool recursive = false) {
    return Get(Remote(server_.Url("open/" + name + ".git")), recursive);
  }
  std::string ErrorOfSubmodules(const CheckoutRequest& request) {
    try {
      Get(request);
    } catch (const base::Error& e) {
      return e.what();
    }
    return "";
  }
  std::string ErrorOfAddress(const std::string& url) {
    Serve("outer", {{"inner", url}});
    return ErrorOfSubmodules(Remote(server_.Url("open/outer.git")));
  }
  std::string ReadPlaced(const PlacedCheckout& placed, const std::string& file) {
    return base::ReadFile(layers_.Path(placed.layers.at(0)) / file);
  }

  std::map<std::string, std::string> commits_;
  tests::GitHttpServer server_{served_};

 private:
  std::string NewBare(const std::string& name) {
    const fs::path path = served_ / (name + ".git");
    if (!fs::exists(path)) {
      const tests::GitRepository bare(path, true);
    }
    return path;
  }
};

TEST_F(Submodules, AreCheckedOutFromTheRepositorysOwnHost) {
  Serve("inner");
  Serve("outer", {{"inner", "../inner.git"}});
  const auto placed = GetServed("outer");
  ASSERT_THAT(placed, SizeIs(1));
  EXPECT_EQ(placed[0].path, "inner");
  EXPECT_EQ(ReadPlaced(placed[0], "file-inner"), "inner");
}

TEST_F(Submodules, OfSubmodulesAreThereWhenTheyAreAskedFor) {
  Serve("innermost");
  Serve("inner", {{"innermost", server_.Url("open/innermost.git")}});
  Serve("outer", {{"inner", "../inner.git"}});
  EXPECT_THAT(GetServed("outer"), SizeIs(1));
  const auto placed = GetServed("outer", true);
  ASSERT_THAT(placed, SizeIs(2));
  EXPECT_EQ(placed[1].path, "inner/innermost");
  EXPECT_EQ(ReadPlaced(placed[1], "file-innermost"), "innermost");
}

TEST_F(Submodules, NeverGetTheCredentialOfTheRepository) {
  Serve("inner");
  Serve("outer", {{"inner", "../inner.git"}});
  CheckoutRequest request = Remote(server_.Url("private/outer.git"));
  request.credential = {.username = "ada", .password = "secret", .ssh_key = "", .known_hosts = ""};
  EXPECT_THAT(ErrorOfSubmodules(request), HasSubstr("submodule inner: check out"));
  EXPECT_THAT(ErrorOfSubmodules(request), HasSubstr("asks for a login"));
}

TEST_F(Submodules, AreRefusedWhereTheirAddressLeadsElsewhere) {
  Serve("inner");
  for (const std::string& url :
       {std::string("https://elsewhere.example/a.git"),
        "file://" + (served_ / "inner.git").string(), (served_ / "inner.git").string(),
        std::string("ext::sh -c id"), std::string("-u./payload"),
        std::string("../../../../inner.git"), std::string("http://127.0.0.1:1/a.git")}) {
    EXPECT_THAT(ErrorOfAddress(url),
                testing::ContainsRegex("submodule inner: (submodule|repository) address \""))
        << url;
  }
  EXPECT_THAT(server_.Log(), Not(HasSubstr("inner.git")));
}

TEST_F(Submodules, AreNamedWhenTheyHaveNoAddressOrNoSuchCommit) {
  Serve("inner");
  const tests::GitRepository made(Path("nameless"));
  made.CommitEntries({{"160000", "inner", commits_["inner"]}});
  made.Git({"clone", "-q", "--bare", ".", (served_ / "nameless.git").string()});
  EXPECT_THAT(ErrorOfSubmodules(Remote(server_.Url("open/nameless.git"))),
              HasSubstr("submodule inner: .gitmodules has no address for it"));
  commits_["inner"] = std::string(40, '1');
  EXPECT_THAT(ErrorOfAddress("../inner.git"), HasSubstr("submodule inner: check out"));
}

TEST_F(Submodules, AreBoundedInNumber) {
  Serve("inner");
  std::vector<tests::GitRepository::Entry> entries;
  for (int i = 0; i < 101; ++i) {
    entries.push_back({"160000", "m" + std::to_string(1000 + i), commits_["inner"]});
  }
  const tests::GitRepository made(Path("many"));
  made.CommitEntries(entries);
  made.Git({"clone", "-q", "--bare", ".", (served_ / "many.git").string()});
  EXPECT_THAT(ErrorOfSubmodules(Remote(server_.Url("open/many.git"))),
              HasSubstr("more than the limit of 100 submodules"));
}

// A link, a directory with a link in it, or a file where the submodule's files are to go.
TEST_F(Submodules, AreNotPlacedWhereTheTreeHasSomethingElseToo) {
  Serve("inner");
  const tests::GitRepository made(Path("double"));
  const std::string victim = made.Tree({{"100644", "file", made.Blob("x")}});
  const std::string link = made.Blob("a");
  const std::string gitlink = commits_["inner"];
  int number = 0;
  for (const std::vector<tests::GitRepository::Entry>& entries :
       std::vector<std::vector<tests::GitRepository::Entry>>{
           {{"120000", "m", link}, {"160000", "m", gitlink}},
           {{"160000", "m", gitlink}, {"120000", "m", link}},
           {{"160000", "m", gitlink}, {"40000", "m", made.Tree({{"120000", "x", link}})}},
           {{"120000", "m", link}, {"40000", "m", made.Tree({{"160000", "x", gitlink}})}}}) {
    const std::string name = "double" + std::to_string(++number);
    std::vector<tests::GitRepository::Entry> all = {{"40000", "a", victim}};
    all.insert(all.end(), entries.begin(), entries.end());
    made.CommitEntries(all);
    made.Git({"clone", "-q", "--bare", ".", (served_ / (name + ".git")).string()});
    EXPECT_THAT(ErrorOfSubmodules(Remote(server_.Url("open/" + name + ".git"))),
                HasSubstr("m: File exists"))
        << number;
  }
}

// CVE-2018-11235, CVE-2025-48384: git's names of submodules were paths of its own directory.
TEST_F(Submodules, AreWhereTheTreeSaysWhateverGitmodulesCallsThem) {
  const std::string inner = Serve("inner");
  const tests::GitRepository made(Path("odd"));
  const std::string url = "\turl = ../inner.git\n";
  const std::string gitmodules = "[submodule \"../../modules/evil\"]\n\tpath = m\n" + url +
                                 "[submodule \"cr\"]\n\tpath = \"n\r\"\n" + url +
                                 "[submodule \"up\"]\n\tpath = ../up\n" + url +
                                 "[submodule \"git\"]\n\tpath = .git/hooks\n" + url;
  made.CommitEntries({{"100644", ".gitmodules", made.Blob(gitmodules)}, {"160000", "m", inner}});
  made.Git({"clone", "-q", "--bare", ".", (served_ / "odd.git").string()});
  const auto placed = GetServed("odd");
  ASSERT_THAT(placed, SizeIs(1));
  EXPECT_EQ(placed[0].path, "m");
}

// A working tree that a submodule was added to, with git's own help.
class SubmodulesOfAWorkingTree : public Submodules {
 protected:
  SubmodulesOfAWorkingTree() {
    Serve("inner");
    work_.Git({"-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
               (served_ / "inner.git").string(), "lib/inner"});
    commit_ = work_.Commit("with a submodule");
  }
  CheckoutRequest WithChanges() {
    CheckoutRequest request = Local(work_.path());
    request.working_tree = true;
    return request;
  }

  std::string commit_;
};

TEST_F(SubmodulesOfAWorkingTree, AreTakenAlongAsTheyAre) {
  base::WriteFileAtomically(work_.path() / "lib/inner/changed", "now", base::Durability::kNoFlush,
                            0644);
  auto placed = Get(WithChanges());
  ASSERT_THAT(placed, SizeIs(1));
  EXPECT_EQ(placed[0].path, "lib/inner");
  EXPECT_EQ(ReadPlaced(placed[0], "changed"), "now");
  CheckoutRequest of_commit = Local(work_.path());
  of_commit.commit = commit_;
  placed = Get(of_commit);
  ASSERT_THAT(placed, SizeIs(1));
  EXPECT_EQ(ReadPlaced(placed[0], "file-inner"), "inner");
  EXPECT_FALSE(fs::exists(layers_.Path(placed[0].layers[0]) / "changed"));
}

TEST_F(SubmodulesOfAWorkingTree, MustBeCheckedOutThere) {
  work_.Git({"submodule", "--quiet", "deinit", "--force", "lib/inner"});
  EXPECT_THAT(ErrorOfSubmodules(WithChanges()),
              HasSubstr("submodule lib/inner: it isn't checked out in the working tree: git "
                        "submodule update --init lib/inner"));
}

// Where a branch of a stranger has a link, a commit of theirs may have a submodule.
TEST_F(SubmodulesOfAWorkingTree, AreNotReadThroughALinkToAnotherRepository) {
  const tests::GitRepository other(Path("other"));
  other.Write("private", "x");
  other.Commit("private");
  for (const char* link : {"lib/inner", "lib"}) {
    fs::remove_all(work_.path() / link);
    const fs::path target = link == std::string("lib") ? Path("") : other.path();
    if (link == std::string("lib")) {
      fs::create_directory_symlink(other.path(), Path("inner"));
    }
    fs::create_directory_symlink(target, work_.path() / link);
    CheckoutRequest request = Local(work_.path());
    request.commit = commit_;
    EXPECT_THAT(ErrorOfSubmodules(request), HasSubstr("it isn't checked out")) << link;
    fs::remove(work_.path() / link);
  }
}

TEST_F(SubmodulesOfAWorkingTree, AreNotReadFromAnotherRepositorysGitDirectory) {
  const tests::GitRepository other(Path("other"));
  other.Write("private", "x");
  other.Commit("private");
  base::WriteFileAtomically(work_.path() / "lib/inner/.git",
                            "gitdir: " + (other.path() / ".git").string() + "\n",
                            base::Durability::kNoFlush, 0644);
  EXPECT_THAT(ErrorOfSubmodules(WithChanges()), HasSubstr("its git directory is neither in it"));
}

}  // namespace
}  // namespace runtime::git
