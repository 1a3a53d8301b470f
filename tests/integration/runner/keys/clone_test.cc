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
  Pipeline(R"(clone: {path: ./src/}
steps:
  work: {image: busybox, network: none, run: "mkdir -p src/lib/.git; echo 1 >src/lib/.git/own", artifacts: ["**"]}
  named: {image: busybox, network: none, run: "true", artifacts: [./src/.git/HEAD]}
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
