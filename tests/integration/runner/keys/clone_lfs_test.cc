// `clone.lfs`: the files that pointers of Git LFS stand for.
#include "tests/integration/runner/keys/keys_fixture.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CloneLfs : public KeysTest {
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

}  // namespace
}  // namespace runner
