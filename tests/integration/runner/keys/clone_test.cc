// `clone` of the pipeline file: where the tree is put, and what is cloned with it.
#include "tests/integration/runner/keys/keys_fixture.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Clone : public KeysTest {
 protected:
  // Adds a submodule at that path, with git's own help.
  void AddSubmodule(const std::string& path) const {
    const tests::GitRepository library(repository_.path().parent_path() / "library");
    library.Write("part", "of the library");
    library.Commit("library");
    repository_.Git(
        {"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.path(), path});
  }
};

TEST_F(Clone, PutsTheTreeWhereItIsAskedTo) {
  repository_.Write("dir/file", "hello");
  Pipeline(R"(clone: {path: a/b}
steps:
  look:
    image: busybox
    network: none
    workdir: /workspace/a/b
    run: |
      grep -x hello dir/file
      ls -A /workspace | wc -l | grep -x 1
      test -e .runner.yml
      echo more >dir/file
)");
  Pass();
}

TEST_F(Clone, PutsTheTreeOfTwoRunsIntoTheSameLayer) {
  Pipeline("clone: {path: src}\nsteps: {a: {image: busybox, network: none, run: 'true'}}\n");
  Pass();
  const size_t layers = Names("layers").size();
  Pass();
  EXPECT_EQ(Names("layers").size(), layers);
}

TEST_F(Clone, TakesSubmodulesAlong) {
  AddSubmodule("third/lib");
  repository_.Write("third/lib/changed", "not committed");
  Pipeline(R"(clone: {submodules: true, path: src}
steps:
  look:
    image: busybox
    network: none
    run: "cat src/third/lib/part src/third/lib/changed; test ! -e src/third/lib/.git"
)");
  Pass();
  EXPECT_THAT(Log("look"), HasSubstr("of the library"));
  EXPECT_THAT(Log("look"), HasSubstr("not committed"));
  EXPECT_THAT(Log("clone"), HasSubstr("submodule third/lib"));
}

TEST_F(Clone, LeavesSubmodulesEmptyWithoutTheKey) {
  AddSubmodule("lib");
  Pipeline("steps: {a: {image: busybox, network: none, run: 'ls -A lib | wc -l | grep -x 0'}}\n");
  Pass();
}

TEST_F(Clone, SaysWhatToDoForASubmoduleThatIsNotCheckedOut) {
  AddSubmodule("lib");
  repository_.Commit("with a submodule");
  repository_.Git({"submodule", "--quiet", "deinit", "--force", "lib"});
  Pipeline("clone: {submodules: true}\nsteps: {a: {image: busybox, run: 'true'}}\n");
  const tests::Output output = Exec();
  EXPECT_EQ(output.code, 3) << All(output);
  EXPECT_THAT(output.errors, HasSubstr("submodule lib: it isn't checked out in the working tree: "
                                       "git submodule update --init lib"));
}

TEST_F(Clone, GivesAStepAsMuchHistoryAsIsAskedFor) {
  repository_.Write("a", "1");
  repository_.Commit("first");
  repository_.Write("a", "2");
  Pipeline(R"(clone: {depth: 1, path: src}
steps:
  look:
    image: busybox
    network: none
    run: |
      cd src/.git
      cat HEAD shallow
      ls objects/pack/*.pack index
  write: {image: busybox, network: none, run: "touch src/.git/index.lock"}
  see: {image: busybox, network: none, run: "test -e src/.git/index.lock"}
)");
  repository_.Commit("second");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("ref: refs/heads/main\n"));
  EXPECT_THAT(Log("look"), HasSubstr(repository_.Git({"rev-parse", "HEAD"})));
}

TEST_F(Clone, GivesAStepAllHistoryUnlessTheFileSaysOtherwise) {
  repository_.Write("a", "1");
  repository_.Commit("first");
  Pipeline(R"(steps:
  look: {image: busybox, network: none, run: "cat .git/HEAD; ls .git/objects/pack/*.pack; test ! -e .git/shallow"}
)");
  repository_.Commit("second");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("ref: refs/heads/main\n"));
  Pipeline(
      "clone: {depth: none}\n"
      "steps: {look: {image: busybox, network: none, run: test ! -e .git}}\n");
  Pass();
}

TEST_F(Clone, KeepsHistoryOutOfImagesAndArtifactsThatDoNotNameIt) {
  repository_.Write("a", "1");
  repository_.Commit("first");
  Pipeline(R"(clone: {path: src}
steps:
  work: {image: busybox, network: none, run: "mkdir -p src/lib/.git; echo 1 >src/lib/.git/own", artifacts: ["**"]}
  named: {image: busybox, network: none, run: "true", artifacts: [src/.git/HEAD]}
  whole: {image-build: {from: busybox, copy: {./: /all, src: /, src/.git: /git/}}}
  look:
    image: ${{ steps.whole.image }}
    network: none
    run: |
      test -e /all/src/a -a -e /all/src/lib/.git/own -a ! -e /all/src/.git
      test -e /src/a -a -e /src/lib/.git/own -a ! -e /src/.git
      test -e /git/.git/HEAD
)");
  Pass();
  const fs::path artifacts = RunPath() / "artifacts";
  EXPECT_TRUE(fs::exists(artifacts / "work/src/lib/.git/own"));
  EXPECT_FALSE(fs::exists(artifacts / "work/src/.git"));
  EXPECT_TRUE(fs::exists(artifacts / "named/src/.git/HEAD"));
}

TEST_F(Clone, HasNoHistoryWhereThereIsNoCommit) {
  Pipeline("steps: {look: {image: busybox, network: none, run: test ! -e .git}}\n");
  Pass();
}

TEST_F(Clone, HistoryIsTheSameInAReplay) {
  repository_.Write("a", "1");
  Pipeline(R"(clone: {depth: 10}
steps: {look: {image: busybox, network: none, run: "cat .git/HEAD .git/index >seen; cp -r .git/objects copy"}}
)");
  repository_.Commit("first");
  const std::string run = Pass({"--commit", "HEAD"});
  const tests::Output replayed = tests::RunToEnd(Runner({"exec", "--run", run}));
  EXPECT_EQ(replayed.code, 0) << All(replayed);
}

TEST_F(Clone, OtherHistoryIsNamedInAReplay) {
  Pipeline("steps: {look: {image: busybox, network: none, run: test -e .git}}\n");
  repository_.Commit("first");
  const std::string run = Pass({"--commit", "HEAD"});
  repository_.Git({"checkout", "-q", "-b", "elsewhere"});
  tests::Output replay = tests::RunToEnd(Runner({"exec", "--run", run}));
  EXPECT_THAT(replay.text, HasSubstr("clone  the same"));
  repository_.Git({"tag", "v1"});
  replay = tests::RunToEnd(Runner({"exec", "--run", run}));
  EXPECT_THAT(replay.text, HasSubstr("history (commits, tags, branch)"));
  EXPECT_THAT(replay.text, testing::Not(HasSubstr("clone  the same")));
}

TEST_F(Clone, GoesOnFromARunWithItsTree) {
  repository_.Write("file", "hello");
  Pipeline(R"(clone: {path: src}
steps: {a: {image: busybox, network: none, run: "test -e src/file && test -e src/fixed"}}
)");
  ASSERT_EQ(Exec().code, 1);
  const fs::path patch = NewDirectory();
  runtime::base::WriteFileAtomically(patch, "--- /dev/null\n+++ b/src/fixed\n@@ -0,0 +1 @@\n+x\n",
                                     runtime::base::Durability::kNoFlush, 0644);
  const tests::Output resumed =
      tests::RunToEnd(Runner({"resume", "last", "--from", "a", "--patch", patch}));
  EXPECT_EQ(resumed.code, 0) << All(resumed);
}

class CloneImage : public Clone {
 protected:
  // An image "git" of this host's, whose filter writes capital letters.
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
         "for tool in sh tr; do cp -L $(command -v busybox) root/bin/$tool; done &&"
         "printf '[filter \"loud\"]\\n\\tsmudge = tr a-z A-Z\\n' >root/etc/gitconfig &&"
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
             "}\nsteps: {look: {image: busybox, network: none, run: 'cd src; cat dir/a.txt b; "
             "stat -c \"%n %a %u %Y\" . dir dir/a.txt; test -e .git/HEAD; cp -r dir copy'}}\n");
    repository_.Commit("pipeline");
  }
};

TEST_F(CloneImage, HasTheFilesAsItsGitWritesThem) {
  LoudPipeline("git");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("QUIET\n"));
  EXPECT_THAT(Log("look"), HasSubstr("quiet\n"));
  EXPECT_THAT(Log("look"), HasSubstr("dir 755 0 946684800"));
  EXPECT_THAT(Log("look"), HasSubstr("dir/a.txt 644 0 946684800"));
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

TEST_F(CloneImage, WithoutGitIsAnErrorThatNamesIt) {
  LoudPipeline("busybox");
  const tests::Output output = Exec({"--commit", "HEAD"});
  EXPECT_EQ(output.code, 3) << All(output);
  EXPECT_THAT(output.errors, HasSubstr("clone with busybox: "));
  EXPECT_THAT(output.errors, HasSubstr("git: not found in the image"));
}

class CloneLfs : public Clone {
 protected:
  // A file of Git LFS, committed by git-lfs itself; its content lies in .git/lfs alone.
  static void AddLfs(const tests::GitRepository& repository, const std::string& content) {
    repository.Git({"lfs", "install", "--local"});
    repository.Write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    repository.Write("large.bin", content);
    repository.Write("dir/run.bin", "#!/bin/sh\necho from a program of " + content + "\n");
    fs::permissions(repository.path() / "dir/run.bin", fs::perms(0755));
    repository.Commit("large");
  }
  // A step that shows what is there, the checkout being in `directory`.
  static std::string Look(const std::string& clone, const std::string& directory = ".") {
    return "clone: " + clone + "\nsteps:\n  look: {image: busybox, network: none, run: 'cd " +
           directory +
           "; cat large.bin; ./dir/run.bin; stat -c \"%n %a %u %Y\" . dir dir/run.bin'}\n";
  }
};

TEST_F(CloneLfs, GivesAStepTheFilesInPlaceOfTheirPointers) {
  AddLfs(repository_, "content");
  Pipeline(Look("{lfs: true}"));
  repository_.Commit("pipeline");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("content"));
  EXPECT_THAT(Log("look"), HasSubstr("from a program of content"));
  EXPECT_THAT(Log("look"), HasSubstr("dir 755 0 946684800"));
  EXPECT_THAT(Log("look"), HasSubstr("dir/run.bin 755 0 946684800"));
  EXPECT_THAT(Log("look"), testing::Not(HasSubstr("oid sha256")));
}

TEST_F(CloneLfs, LeavesPointersWithoutTheKey) {
  AddLfs(repository_, "content");
  Pipeline("steps: {look: {image: busybox, network: none, run: cat large.bin}}\n");
  repository_.Commit("pipeline");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("oid sha256:"));
}

TEST_F(CloneLfs, HasTheFilesOfAWorkingTreeAsTheyAre) {
  AddLfs(repository_, "content");
  Pipeline(Look("{lfs: true}"));
  repository_.Write("large.bin", "not committed");
  Pass();
  EXPECT_THAT(Log("look"), HasSubstr("not committed"));
}

TEST_F(CloneLfs, GoesWhereTheFileSaysWithThatOfSubmodules) {
  const tests::GitRepository library(repository_.path().parent_path() / "library");
  AddLfs(library, "of the library");
  AddLfs(repository_, "content");
  repository_.Git({"-c", "protocol.file.allow=always", "-c", "filter.lfs.smudge=cat", "-c",
                   "filter.lfs.clean=cat", "submodule", "--quiet", "add", library.path(), "lib"});
  fs::copy(library.path() / ".git/lfs", repository_.path() / ".git/modules/lib/lfs",
           fs::copy_options::recursive);
  Pipeline(Look("{lfs: true, submodules: true, path: src}", "src/lib") +
           "  above: {image: busybox, network: none, run: 'src/dir/run.bin'}\n");
  repository_.Commit("pipeline");
  Pass({"--commit", "HEAD"});
  EXPECT_THAT(Log("look"), HasSubstr("from a program of of the library"));
  EXPECT_THAT(Log("above"), HasSubstr("from a program of content"));
}

TEST_F(CloneLfs, IsTheSameInAReplay) {
  AddLfs(repository_, "content");
  Pipeline(Look("{lfs: true}") +
           "  copy: {image: busybox, network: none, run: 'cp -R . /tmp/x; "
           "mv large.bin moved; cp dir/run.bin copy'}\n");
  repository_.Commit("pipeline");
  const std::string run = Pass({"--commit", "HEAD"});
  fs::remove_all(repository_.path() / ".git/lfs/objects");  // It is in the store by now.
  const tests::Output replay = tests::RunToEnd(Runner({"exec", "--run", run}));
  EXPECT_EQ(replay.code, 0) << All(replay);
  EXPECT_THAT(replay.text, HasSubstr("clone  the same"));
  EXPECT_THAT(replay.text, HasSubstr("copy   the same"));
}

TEST_F(CloneLfs, IsTheSameInAReplayElsewhereByARepositoryThatHasItsObjects) {
  AddLfs(repository_, "content");
  Pipeline(Look("{lfs: true}") +
           "  copy: {image: busybox, network: none, run: 'cp dir/run.bin copy'}\n");
  repository_.Commit("pipeline");
  Pass({"--commit", "HEAD"});
  const fs::path record = RunPath() / "record.json";
  const fs::path moved = repository_.path().parent_path() / "moved";
  fs::rename(repository_.path(), moved);
  const fs::path root = NewDirectory();
  const tests::Output replay =
      tests::RunToEnd(Runner({"exec", "--root", root, moved, "--run", record}));
  fs::rename(moved, repository_.path());
  EXPECT_EQ(replay.code, 0) << All(replay);
  EXPECT_THAT(replay.text, HasSubstr("copy   the same"));
}

TEST_F(CloneLfs, GoesOnFromARunWithItsFiles) {
  AddLfs(repository_, "content");
  Pipeline(
      "clone: {lfs: true}\nsteps: {a: {image: busybox, network: none, run: \"dir/run.bin && "
      "test -e fixed\"}}\n");
  repository_.Commit("pipeline");
  ASSERT_EQ(Exec({"--commit", "HEAD"}).code, 1);
  fs::remove_all(repository_.path() / ".git/lfs/objects");
  const fs::path patch = NewDirectory();
  runtime::base::WriteFileAtomically(patch, "--- /dev/null\n+++ b/fixed\n@@ -0,0 +1 @@\n+x\n",
                                     runtime::base::Durability::kNoFlush, 0644);
  const tests::Output resumed =
      tests::RunToEnd(Runner({"resume", "last", "--from", "a", "--patch", patch}));
  EXPECT_EQ(resumed.code, 0) << All(resumed);
}

TEST_F(CloneLfs, CountsForResultsOfEarlierRuns) {
  AddLfs(repository_, "content");
  Pipeline(
      "clone: {lfs: true}\nsteps: {a: {image: busybox, network: none, skip-unchanged: true, "
      "run: cat large.bin}}\n");
  repository_.Commit("pipeline");
  const std::string first = Pass({"--commit", "HEAD"});
  Pass({"--commit", "HEAD"});
  EXPECT_EQ(ReusedFrom("a"), first);
  repository_.Write("large.bin", "another content");
  repository_.Commit("another");
  Pass({"--commit", "HEAD"});
  EXPECT_EQ(ReusedFrom("a"), "");
  EXPECT_THAT(Log("a"), HasSubstr("another content"));
}

TEST_F(CloneLfs, SaysWhatToDoForAnObjectThatIsNowhere) {
  AddLfs(repository_, "content");
  Pipeline(Look("{lfs: true}"));
  repository_.Commit("pipeline");
  fs::remove_all(repository_.path() / ".git/lfs/objects");
  const tests::Output output = Exec({"--commit", "HEAD"});
  EXPECT_EQ(output.code, 3) << All(output);
  EXPECT_THAT(output.errors, HasSubstr("isn't among the Git LFS objects of the repository"));
  EXPECT_THAT(output.errors, HasSubstr("`git lfs fetch` there gets it"));
}

TEST_F(Clone, RefusesAPathThatLeavesTheWorkspaceAndKeysThatItHasNot) {
  for (const char* clone : {"path: ../x", "path: /etc", "path: a/../../x", "depth: -1",
                            "depth: full", "lfs: 1", "image: ''"}) {
    Pipeline("clone: {" + std::string(clone) +
             "}\nsteps: {a: {image: busybox, network: none, run: 'true'}}\n");
    const tests::Output output = Exec();
    EXPECT_EQ(output.code, 2) << clone << All(output);
    EXPECT_THAT(output.errors, HasSubstr(".runner.yml:1:")) << clone;
  }
}

}  // namespace
}  // namespace runner
