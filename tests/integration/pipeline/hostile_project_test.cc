// lint, plan, init and import in a repository of a stranger: they read its own files, and wait for
// nothing.
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/integration/pipeline/pipeline_verbs.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class HostileProject : public PipelineVerbs {
 protected:
  HostileProject() {
    runtime::base::WriteFileAtomically(Canary(), kCanary, runtime::base::Durability::kNoFlush);
  }

  // A file of the user's, beside the repository.
  std::string Canary() const { return (directory_.path() / "canary").string(); }
  bool CanaryIsUntouched() const { return runtime::base::ReadFile(Canary()) == kCanary; }
  void MakePipe(const std::string& name) const {
    ASSERT_EQ(::mkfifo(Path(name).c_str(), 0644), 0) << name;
  }

  static constexpr char kCanary[] = "steps:\n  canary: {imgae: \"debian:12\", run: make}\n";
};

TEST_F(HostileProject, WhosePipelineFileIsALinkOutOfItIsNotRead) {
  fs::create_symlink(Canary(), Path(".runner.yml"));
  for (const char* verb : {"lint", "plan"}) {
    const Ended ended = Runner({verb, Path()});
    EXPECT_EQ(ended.status, 2) << verb;
    EXPECT_THAT(ended.err, HasSubstr("it isn't a file of that directory"));
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("canary:")));
  }
}

TEST_F(HostileProject, WhosePipelineFileIsALinkOutOfItIsNotMended) {
  fs::create_symlink(Canary(), Path(".runner.yml"));
  EXPECT_EQ(Runner({"lint", "--fix", Path()}).status, 2);
  EXPECT_TRUE(CanaryIsUntouched());
}

TEST_F(HostileProject, WhoseFileOfAnotherNameIsALinkOutOfItIsNotPlanned) {
  fs::create_symlink(Canary(), Path("other.yml"));
  const Ended plan = Runner({"plan", Path(), "--file", "other.yml"});
  EXPECT_EQ(plan.status, 2);
  EXPECT_THAT(plan.out + plan.err, Not(HasSubstr("canary:")));
}

TEST_F(HostileProject, WhoseFilesLinkToItsOwnIsRead) {
  repository_.Write("ci/runner.yml", kGoodPipeline);
  fs::create_symlink("ci/runner.yml", Path(".runner.yml"));
  EXPECT_EQ(Runner({"lint", Path()}).status, 0);
  EXPECT_EQ(Runner({"plan", Path()}).status, 0);
}

TEST_F(HostileProject, OfPipesIsNotWaitedFor) {
  for (const char* name : {".runner.yml", "Makefile", "package.json", "Dockerfile", "ci.yml"}) {
    MakePipe(name);
  }
  for (const char* verb : {"lint", "plan"}) {
    const Ended ended = Runner({verb, Path()});
    EXPECT_EQ(ended.status, 2) << verb;
    EXPECT_THAT(ended.err, HasSubstr("it isn't a file of that directory"));
  }
  EXPECT_EQ(Runner({"import", "github", Path("ci.yml")}).status, 2);
  fs::remove(Path(".runner.yml"));
  EXPECT_EQ(Runner({"init", Path()}).status, 0);
  EXPECT_THAT(PipelineNow(), Not(HasSubstr("make")));
}

TEST_F(HostileProject, WhoseGitDirectoryHasPipesIsNotWaitedFor) {
  Pipeline(kGoodPipeline);
  for (const char* name : {".git/HEAD", ".git/commondir"}) {
    fs::remove(Path(name));
    MakePipe(name);
    const Ended plan = Runner({"plan", Path()});
    EXPECT_THAT(plan.status, testing::AnyOf(2, 3)) << name;
    EXPECT_THAT(plan.err, HasSubstr(name));
    fs::remove(Path(name));
    repository_.Write(".git/HEAD", "ref: refs/heads/main\n");
  }
  MakePipe(".git/packed-refs");
  MakePipe(".git/refs/heads/main");
  EXPECT_EQ(Runner({"plan", Path()}).status, 0);
}

TEST_F(HostileProject, IsProposedNothingOfFilesElsewhere) {
  runtime::base::WriteFileAtomically(Canary(), "FROM canary:1\n",
                                     runtime::base::Durability::kNoFlush);
  repository_.Write("Makefile", "install:\n");
  fs::create_symlink(Canary(), Path("Dockerfile"));
  EXPECT_EQ(Runner({"init", Path()}).status, 0);
  EXPECT_THAT(PipelineNow(), AllOf(HasSubstr("make install"), Not(HasSubstr("canary"))));
}

TEST_F(HostileProject, OfEndlessFilesIsRefusedInOneLine) {
  fs::resize_file((repository_.Write("Makefile", ""), Path("Makefile")), 1ull << 40);
  const Ended init = Runner({"init", Path()});
  EXPECT_EQ(init.status, 3);
  EXPECT_THAT(init.err, HasSubstr("Makefile: longer than 4194304 bytes"));
  EXPECT_FALSE(fs::exists(Path(".runner.yml")));
  repository_.Write("ci.yml", "");
  fs::resize_file(Path("ci.yml"), 1ull << 40);
  EXPECT_THAT(Runner({"import", "gitlab", Path("ci.yml")}).err, HasSubstr("longer than"));
  fs::rename(Path("ci.yml"), Path(".runner.yml"));
  for (const char* verb : {"lint", "plan"}) {
    EXPECT_THAT(Runner({verb, Path()}).err, HasSubstr("longer than")) << verb;
  }
}

TEST_F(HostileProject, NeverHasItsTextOnTheTerminalAsItIs) {
  repository_.Write(".runner.yml",
                    "steps:\n  \"\\e]52;c;aGk=\\a\": {imgae: \"\x1b[2Jx\", run: a}\n");
  repository_.Write("ci.yml", "\"\\e]52;c;aGk=\\a\": {script: [\"\x1b[2J\"], image: x}\n");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"lint", Path()}, {"plan", Path()}, {"import", "gitlab", Path("ci.yml")}}) {
    const Ended ended = Runner(words);
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("\x1b"))) << words[0];
  }
}

}  // namespace
}  // namespace runner
