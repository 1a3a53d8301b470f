// What is kept of runs that didn't pass: entering a step, and going on from it.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "runner/kept_runs.h"
#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ExecKept : public ExecTest {
 protected:
  ExecResult Runner(const std::vector<std::string>& arguments) const {
    return Run(Command(arguments));
  }
  // Of a shell in the step, with that command.
  std::string In(const std::string& step, const std::string& command) const {
    const ExecResult result = Runner({"shell", "last/" + step, "--", "sh", "-c", command});
    EXPECT_EQ(result.status, 0) << result.all();
    return result.out;
  }
  size_t StepLayers() const {
    const std::vector<std::string> layers = Layers();
    return static_cast<size_t>(
        std::count_if(layers.begin(), layers.end(),
                      [](const std::string& layer) { return layer.starts_with("step-"); }));
  }
};

constexpr char kFailing[] = R"(env: {TOP: "1"}
steps:
  build:
    image: busybox
    user: "1000"
    run: |
      echo built >out
      echo once >>count
  test:
    image: busybox
    env: {MINE: "two words"}
    limits: {open-files: 77}
    run: |
      echo tested >result
      echo outside >/outside
      grep -q fixed out
  after: {image: busybox, run: cat result out >all}
)";

TEST_F(ExecKept, AShellHasTheFilesEnvironmentUserAndLimitsOfTheStep) {
  Pipeline(kFailing);
  ASSERT_EQ(Exec().status, 1);

  EXPECT_EQ(In("test", "cat out result /outside"), "built\ntested\noutside\n");
  EXPECT_EQ(In("test", "echo $TOP/$MINE/$RUNNER_STEP; pwd"), "1/two words/test\n/workspace\n");
  EXPECT_EQ(In("test", "ulimit -n"), "77\n");
  // Nothing of it stays.
  In("test", "rm out; echo x >result");
  EXPECT_EQ(In("test", "cat out result"), "built\ntested\n");
  EXPECT_EQ(In("build", "cat out; id -u; touch mine && echo writable"), "built\n1000\nwritable\n");
  EXPECT_THAT(Leftovers(), IsEmpty());
}

TEST_F(ExecKept, AShellTellsTheExitCodeAndWhatIsNotThere) {
  Pipeline(kFailing);
  ASSERT_EQ(Exec().status, 1);

  EXPECT_EQ(Runner({"shell", "last/test", "--", "sh", "-c", "exit 7"}).status, 7);
  EXPECT_THAT(Runner({"shell", "last/after"}).err, HasSubstr("no container of it is kept"));
  EXPECT_THAT(Runner({"shell", "last"}).err, HasSubstr("expected RUN/STEP"));
}

TEST_F(ExecKept, AnImageWithoutAShellIsLentOne) {
  Pipeline(R"(steps:
  make: {image-build: {from: scratch, copy: {file: /file}}}
  test: {image: "${{ steps.make.image }}", argv: [/file]})");
  repository_.Write("file", "not a program\n");
  ASSERT_EQ(Exec().status, 1);

  tests::ChildProgram shell({"sh", "-c",
                             "echo 'cat /file; touch /run/runner-lent/x' | " +
                                 Command({"shell", "last/test"}).front() + " shell last/test"},
                            Environment());
  shell.Wait();
  EXPECT_EQ(shell.out(), "not a program\n");
  EXPECT_THAT(shell.err(), HasSubstr("Read-only"));
}

TEST_F(ExecKept, ResumeTakesOverWhatPassedAndRunsTheRest) {
  Pipeline(kFailing);
  ASSERT_EQ(Exec().status, 1);
  const std::string first = RunPath().filename();
  runtime::base::WriteFileAtomically(Scratch("p"),
                                     "--- a/out\n+++ b/out\n@@ -1 +1 @@\n-built\n+fixed\n"
                                     "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+made\n");

  const ExecResult resumed = Runner({"resume", "last", "--from", "test", "--patch", Scratch("p")});
  EXPECT_EQ(resumed.status, 0) << resumed.all();
  EXPECT_THAT(resumed.err, HasSubstr("not a clean run"));
  const nlohmann::json record = Record();
  EXPECT_EQ(record.at("resumed").at("run"), first);
  EXPECT_EQ(record.at("resumed").at("patched"), true);
  EXPECT_THAT(Log("build"), AllOf(HasSubstr("as in run " + first), Not(HasSubstr("echo built"))));
  EXPECT_THAT(Log("test"), HasSubstr("grep -q fixed out"));
  EXPECT_THAT(Runner({"show"}).out,
              HasSubstr("resumed from " + first + " at step test, with a patch"));
}

TEST_F(ExecKept, ResumeRunsAllThatWaitsForTheStepAndKeepsWhatItStandsOn) {
  Pipeline(kFailing);
  ASSERT_EQ(Exec().status, 1);
  ASSERT_EQ(Runner({"resume", "last", "--from", "build"}).status, 1);
  EXPECT_THAT(Log("build"), HasSubstr("echo built"));
  ASSERT_EQ(Runner({"resume", "last", "--from", "test"}).status, 1);

  EXPECT_EQ(In("test", "cat count result"), "once\ntested\n");
}

TEST_F(ExecKept, ResumeNeverPushes) {
  Pipeline(R"(steps:
  make: {image-build: {from: scratch, copy: {file: /file}}}
  fail: {image: busybox, run: exit 1, allow-failure: true}
  push: {push: {image: "${{ steps.make.image }}", to: "127.0.0.1:1/app", untested: true}})");
  repository_.Write("file", "content");
  ASSERT_EQ(Exec().status, 3);
  const std::string first = RunPath().filename();

  EXPECT_EQ(Runner({"resume", first, "--from", "fail"}).status, 0);
  EXPECT_EQ(Step("push").at("outcome"), "skipped");
  EXPECT_EQ(Runner({"resume", first, "--from", "push"}).status, 2);
}

TEST_F(ExecKept, APatchThatDoesNotApplyEndsTheStep) {
  Pipeline(kFailing);
  ASSERT_EQ(Exec().status, 1);
  runtime::base::WriteFileAtomically(Scratch("p"),
                                     "--- a/out\n+++ b/out\n@@ -1 +1 @@\n-other\n+fixed\n");

  EXPECT_EQ(Runner({"resume", "last", "--from", "test", "--patch", Scratch("p")}).status, 3);
  EXPECT_THAT(Step("test").at("reason"), HasSubstr("the patch can't be applied"));
}

TEST_F(ExecKept, OnlyTheLastRunsThatDidNotPassAreKept) {
  Pipeline("steps: {make: {image: busybox, run: echo x >x; echo x >/etc/x}}");
  ASSERT_EQ(Exec().status, 0);
  EXPECT_EQ(StepLayers(), 0u);
  ASSERT_EQ(Exec({"--keep"}).status, 0);
  EXPECT_EQ(StepLayers(), 2u);  // Workspace and root file system.

  Pipeline("steps: {make: {image: busybox, run: echo x >x; echo x >/etc/x; exit 1}}");
  for (size_t i = 0; i < kKeptRuns + 2; ++i) {
    ASSERT_EQ(Exec().status, 1);
  }
  EXPECT_EQ(StepLayers(), 2 * kKeptRuns);
  const std::string oldest = Names("runs").front();
  EXPECT_FALSE(fs::exists(root() / "runs" / oldest / "kept"));
  EXPECT_THAT(Runner({"shell", oldest + "/make"}).err, HasSubstr("aren't kept"));
}

}  // namespace
}  // namespace runner
