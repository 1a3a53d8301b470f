// Whatever a repository brings that git would run leaves no marker.
#include <gmock/gmock.h>

#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

using tests::GitRepository;

class NothingRuns : public GitTest {
 protected:
  std::string Command() const { return "touch " + Path("marker").string(); }
  void Script(const std::filesystem::path& path) const {
    std::filesystem::create_directories(path.parent_path());
    base::WriteFileAtomically(path, "#!/bin/sh\n" + Command() + "\n", base::Durability::kNoFlush,
                              0755);
  }
  // The commit and the working tree, and whether anything ran.
  bool RanSomething() {
    HelperRequest request = Local(repository_);
    CheckOut(request);
    request.working_tree = true;
    CheckOut(request);
    return std::filesystem::exists(Path("marker"));
  }
  GitRepository repository_{Path("repository")};
};

TEST_F(NothingRuns, NoHook) {
  repository_.Write("a", "1");
  repository_.Commit("one");
  for (const char* hook : {"post-checkout", "post-index-change", "reference-transaction",
                           "pre-commit", "fsmonitor-watchman", "post-merge"}) {
    Script(repository_.path() / ".git" / "hooks" / hook);
  }
  EXPECT_FALSE(RanSomething());
}

TEST_F(NothingRuns, NoCommandOfTheConfiguration) {
  repository_.Write("a", "1");
  repository_.Write(".gitattributes", "* filter=evil diff=evil merge=evil text\n");
  repository_.Commit("one");
  for (const char* key :
       {"core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.gitProxy",
        "filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "diff.evil.textconv",
        "diff.evil.command", "merge.evil.driver", "credential.helper", "core.askPass",
        "uploadpack.packObjectsHook", "alias.status", "gpg.program"}) {
    repository_.Git({"config", key, Command()});
  }
  repository_.Git({"config", "filter.evil.required", "true"});
  EXPECT_FALSE(RanSomething());
}

TEST_F(NothingRuns, NoOtherDirectoryThatTheConfigurationNames) {
  repository_.Write("a", "1");
  repository_.Commit("one");
  const GitRepository other(Path("other"));
  other.Write("stolen", "1");
  other.Commit("other");
  repository_.Git({"config", "core.worktree", other.path().string()});
  repository_.Git({"config", "include.path", (other.path() / ".git" / "config").string()});
  repository_.Git({"config", "core.excludesFile", Path("all").string()});
  base::WriteFileAtomically(Path("all"), "*\n", base::Durability::kNoFlush);
  repository_.Write("b", "2");
  EXPECT_FALSE(RanSomething());
  EXPECT_EQ(ReadOut("b"), "2");
  EXPECT_FALSE(std::filesystem::exists(Path("out") / "stolen"));
}

TEST_F(NothingRuns, NoAttributeChangesTheFiles) {
  repository_.Write(".gitattributes", "*.txt text eol=crlf\n*.id ident\n*.x export-ignore\n");
  repository_.Write("a.txt", "1\n");
  repository_.Write("b.id", "$Id$");
  repository_.Write("c.x", "1");
  repository_.Commit("one");
  CheckOut(Local(repository_));
  EXPECT_EQ(ReadOut("a.txt"), "1\n");
  EXPECT_EQ(ReadOut("b.id"), "$Id$");
  EXPECT_EQ(ReadOut("c.x"), "1");
}

}  // namespace
}  // namespace runtime::git
