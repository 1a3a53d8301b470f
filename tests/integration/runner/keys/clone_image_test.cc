// `clone.image`: the files as the git of an image writes them.
#include "tests/integration/runner/keys/keys_fixture.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CloneImage : public KeysTest {
 protected:
  // An image "git" of this host's, whose filter writes longer files.
  CloneImage() {
    static bool made = false;
    if (made) {
      return;
    }
    const fs::path base = NewDirectory();
    tests::RunProgram(
        {"sh", "-ec",
         "mkdir -p \"$1/root/etc\" && cd \"$1\" && cp --parents $(command -v git) root &&"
         "cp --parents $(ldd $(command -v git) | grep -o '/[^ ]*') root && mkdir -p root/bin &&"
         "for tool in sh sed cat stat cp test chmod; do cp -L $(command -v busybox) "
         "root/bin/$tool; done "
         "&&"
         "printf '[filter \"loud\"]\\n\\tsmudge = sed s/quiet/LOUD-VOICE/\\n\\tclean = sed "
         "s/LOUD-VOICE/quiet/\\n' >root/etc/gitconfig &&"
         "tar -C root -cf git.tar .",
         "sh", base});
    const tests::Output imported =
        tests::RunToEnd(Runner({"image", "import", base / "git.tar", "git"}));
    EXPECT_EQ(imported.code, 0) << All(imported);
    made = true;
  }
  void LoudPipeline(const std::string& image) const {
    repository_.Write(".gitattributes", "*.txt filter=loud\n");
    repository_.Write("dir/a.txt", "quiet\n");
    repository_.Write("b", "quiet\n");
    Pipeline("clone: {path: src, image: " + image +
             "}\nsteps: {look: {image: git, network: none, run: 'cd src; cat dir/a.txt b; "
             "git status --porcelain; git describe --always --dirty; "
             "stat -c \"%n %a %u %Y\" . dir dir/a.txt; test -e .git/HEAD; cp -r dir copy'}}\n");
    repository_.Commit("pipeline");
  }
};

TEST_F(CloneImage, HasTheFilesAsItsGitWritesThem) {
  LoudPipeline("git");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("LOUD-VOICE\n"));
  EXPECT_THAT(Log("look"), HasSubstr("quiet\n"));
  EXPECT_THAT(Log("look"), HasSubstr("dir 755 0 946684800"));
  EXPECT_THAT(Log("look"), HasSubstr("dir/a.txt 644 0 946684800"));
  EXPECT_THAT(Log("look"), testing::Not(HasSubstr(" M ")));
  EXPECT_THAT(Log("look"), testing::Not(testing::ContainsRegex("out [0-9a-f]+-dirty")));
}

TEST_F(CloneImage, IsUsedOnceForACommitAndIsTheSameInAReplay) {
  LoudPipeline("git");
  Pass({"--commit", "HEAD"});
  const size_t layers = Names("layers").size();
  const std::string run = Pass({"--commit", "HEAD"});
  EXPECT_EQ(Names("layers").size(), layers);
  const tests::Output replay = tests::RunToEnd(Runner({"exec", "--run", run}));
  EXPECT_EQ(replay.code, 0) << All(replay);
  EXPECT_THAT(replay.text, HasSubstr("look   the same"));
}

TEST_F(CloneImage, LeavesTheFilesOfAWorkingTreeAsTheyAre) {
  LoudPipeline("git");
  repository_.Write("b", "not committed\n");
  Pass();
  EXPECT_THAT(Log("look"), HasSubstr("out quiet\n"));
  EXPECT_THAT(Log("look"), HasSubstr("out not committed\n"));
}

TEST_F(CloneImage, StepsThatAskGitForTheStateOfFilesAreNoConflict) {
  repository_.Write("b", "1");
  Pipeline(R"(defaults: {image: git, network: none}
steps:
  first: {needs: [], run: "echo 2 >b; git status; cat .git/index >first"}
  second: {needs: [], run: "echo 2 >b; echo 3 >.runner.yml; git status; cat .git/index >second"}
  both: {needs: [first, second], run: "cat first second; git status --porcelain"}
)");
  repository_.Commit("pipeline");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("both"), HasSubstr(" M b"));
}

TEST_F(CloneImage, WhatAStepDoesToPacksNoOtherRunSees) {
  const auto run = [&](const std::string& text) {
    Pipeline("steps: {look: {image: git, network: none, run: '" + text + "'}}\n");
    repository_.Commit("next");
    Pass({"--commit", "HEAD"});
  };
  run("cd .git/objects/pack; chmod u+w *; for file in *; do echo damaged >$file; done");
  run("git fsck --strict --no-progress; git log --format=%s");
  EXPECT_THAT(Log("look"), testing::Not(HasSubstr("damaged")));
}

TEST_F(CloneImage, WithoutGitIsAnErrorThatNamesIt) {
  LoudPipeline("busybox");
  const tests::Output output = Exec({"--commit", "HEAD"});
  EXPECT_EQ(output.code, 3) << All(output);
  EXPECT_THAT(output.errors, HasSubstr("clone with busybox: "));
  EXPECT_THAT(output.errors, HasSubstr("git: not found in the image"));
}

}  // namespace
}  // namespace runner
