// Runs whose tree was written upon that of a commit before: in the container, in the record, in
// what is kept, and after a crash it is the tree that was written whole.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>

#include "runtime/layer/layer_store.h"
#include "runtime/layer/pack.h"
#include "tests/integration/runner/replay/replay_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
namespace layer = runtime::layer;
using testing::AllOf;
using testing::HasSubstr;

// All that a program can see of what is in the workspace, but for the links and sizes of
// directories, which are the file system's.
constexpr char kLook[] = R"(clone: {depth: none}
steps:
  look:
    image: busybox
    run: |
      find . ! -type d | sort | while read -r path; do
        stat -c '%n %F %a %u:%g %h %s %Y' "$path"
        test -L "$path" && readlink "$path" || cat "$path"
      done >/tmp/seen
      find . -type d ! -name . | sort | while read -r path; do stat -c '%n %a %u:%g %Y' "$path"; done >>/tmp/seen
      cp /tmp/seen seen
)";

class ChangedTree : public ReplayTest {
 protected:
  ChangedTree() {
    Write(".runner.yml", kLook);
    Sh("cd " + project().string() +
       "; mkdir -p src/deep/er old; for i in $(seq 80); do echo $i >src/$i; done; echo x "
       ">src/deep/er/x; "
       "echo x >old/x; echo x >file; ln -s file link; echo x >tool; git add --all; git commit -qm "
       "one");
  }

  // A second commit with a bit of everything.
  void Change() const {
    Sh("cd " + project().string() +
       "; rm -r old src/2 src/deep file; echo y >old; mkdir file; echo y >file/y; ln -sf src link; "
       "chmod +x tool; echo y >src/1; echo y >src/81; git add --all; git commit -qm two");
  }

  static std::vector<fs::path> LayerOf(const fs::path& root, const fs::path& run) {
    return layer::FindLayer(root / "layers", "git-" + Record(run).at("tree").get<std::string>())
        .value_or(std::vector<fs::path>());
  }

  // A run of the second commit, after one of the first.
  fs::path ExecChanged(const Words& options = {"--commit", "HEAD"}, int code = 0) const {
    Exec({"--commit", "HEAD"}, code);
    Change();
    const fs::path run = Exec(options, code);
    EXPECT_EQ(LayerOf(state(), run).size(), 2u);
    return run;
  }

  void ExpectTheSame(const fs::path& run, const Output& replay) const {
    EXPECT_EQ(replay.code, 0) << replay.text << replay.errors;
    EXPECT_THAT(replay.text, AllOf(HasSubstr("clone  the same"), HasSubstr("look   the same")));
    const fs::path again = NewestRun(fresh());
    EXPECT_EQ(LayerOf(fresh(), again).size(), 1u);
    EXPECT_EQ(Step(again, "clone").at("layer_digest"), Step(run, "clone").at("layer_digest"));
    EXPECT_THAT(std::string(Step(run, "clone").at("layer_digest")), testing::StartsWith("sha256:"));
  }
};

TEST_F(ChangedTree, IsInTheContainerWhatAWholeOneIsElsewhere) {
  const fs::path run = ExecChanged();
  ExpectTheSame(run, Replay(run / "record.json"));
}

TEST_F(ChangedTree, OfACleanWorkingTreeIsTheSameToo) {
  const fs::path run = ExecChanged({});
  ExpectTheSame(run, Replay(run / "record.json"));
}

TEST_F(ChangedTree, IsGivenToAReplayWithoutTheRepository) {
  const fs::path run = ExecChanged();
  Sh("rm -rf " + project().string());
  ExpectTheSame(run, Replay(run / "record.json"));
}

TEST_F(ChangedTree, IsThereForAShellAndForGoingOnAfterAFailure) {
  Write(".runner.yml", "steps: {look: {image: busybox, run: 'cat file/y src/80; test -e ok'}}");
  Commit();
  const fs::path run = ExecChanged({"--commit", "HEAD"}, 1);
  const Output shell = RunToEnd(Runner(
      {"shell", run.filename().string() + "/look", "--", "sh", "-c", "cat file/y; ls -d src/2"}));
  EXPECT_EQ(shell.text, "y\n") << shell.errors;
  const fs::path patch = MakeDirectory("patches") / "p";
  Sh("printf '%s\\n' 'diff --git a/ok b/ok' 'new file mode 100644' '--- /dev/null' '+++ b/ok' "
     "'@@ -0,0 +1 @@' '+x' >" +
     patch.string());
  const Output resumed =
      RunToEnd(Runner({"resume", run.filename(), "--from", "look", "--patch", patch}));
  EXPECT_EQ(resumed.code, 0) << resumed.text << resumed.errors;
}

TEST_F(ChangedTree, IsPutWhereTheFileSays) {
  // Its files are links of those of the store, whose number tells of other runs.
  std::string look = kLook;
  look.erase(look.find("%h "), 3);
  look.insert(look.find("depth"), "path: here/in, ");
  Write(".runner.yml", look);
  Commit();
  const fs::path run = ExecChanged();
  ExpectTheSame(run, Replay(run / "record.json"));
}

TEST_F(ChangedTree, IsWholeOrNotThereAfterAKillInTheMiddle) {
  Sh("cd " + project().string() +
     "; mkdir many; for i in $(seq 2000); do echo $i >many/$i; done; git add --all; git commit -qm "
     "many");
  Exec({"--commit", "HEAD"});
  size_t absent = 0;
  for (int round = 0; round < 4; ++round) {
    Sh("cd " + project().string() + "; for i in $(seq 200); do echo " + std::to_string(round) +
       " >many/$i; done; git add --all; git commit -qm next");
    const std::string tree =
        RunToEnd(AsUser({"git", "-C", project(), "rev-parse", "HEAD^{tree}"})).text.substr(0, 40);
    Process runner(Runner({"exec", project(), "--commit", "HEAD"}));
    // Its first file is there, or all of it is.
    EXPECT_TRUE(WaitUntil(
        [&] {
          std::error_code error;
          for (const auto& draft : fs::directory_iterator(state() / "tmp", error)) {
            if (fs::exists(draft.path() / "fs/many", error)) {
              return true;
            }
          }
          return layer::FindLayer(state() / "layers", "git-" + tree).has_value();
        },
        std::chrono::seconds(20)));
    runner.Signal(SIGKILL);
    runner.Wait();
    absent += layer::FindLayer(state() / "layers", "git-" + tree) ? 0 : 1;

    const fs::path run = Exec({"--commit", "HEAD"});
    const auto written = layer::FindLayer(state() / "layers", "git-" + tree);
    ASSERT_TRUE(written);
    EXPECT_EQ(written->size(), 2u);
    const Output replay =
        ReplayIn(MakeDirectory("fresh-kill-" + std::to_string(round)), run / "record.json");
    EXPECT_EQ(replay.code, 0) << replay.text << replay.errors;
  }
  RecordProperty("killed_before_it_was_there", static_cast<int>(absent));
}

}  // namespace
}  // namespace tests
