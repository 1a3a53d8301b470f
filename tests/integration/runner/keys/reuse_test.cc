// `skip-unchanged` and `exec --fast`: results of earlier runs in place of steps.
#include "tests/integration/runner/keys/keys_fixture.h"
#include "tests/support/registry_server.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Reuse : public KeysTest {
 protected:
  // Kept results of this repository's steps: those of other tests are there too.
  static size_t CountLayers() {
    const std::vector<std::string> layers = Names("layers");
    return std::count_if(layers.begin(), layers.end(),
                         [](const std::string& layer) { return layer.starts_with("result-"); });
  }
};

// Two runs of the step never leave the same.
constexpr char kBuild[] = R"(steps:
  build:
    image: busybox
    network: none
    skip-unchanged: true
    artifacts: [out/**]
    tests: {junit: out/report.xml}
    run: |
      mkdir out
      rm message
      cat /proc/sys/kernel/random/uuid >out/built
      read -r when <out/built
      echo "when=$when" >>"$RUNNER_OUTPUT"
      echo '<testsuite name="s"><testcase name="c"/></testsuite>' >out/report.xml
  use:
    image: busybox
    network: none
    env: {WHEN: "${{ steps.build.outputs.when }}"}
    run: |
      test ! -e message
      read -r when <out/built
      echo "used $WHEN $when"
)";

std::string UsedLine(const std::string& log) {
  const size_t at = log.find(" out used ");  // not the shell's own trace of it
  return at == std::string::npos ? "" : log.substr(at, log.find('\n', at) - at);
}

TEST_F(Reuse, TakesFilesOutputsReportsAndArtifactsOfTheEarlierRun) {
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  const std::string first = Pass();
  EXPECT_THAT(Log("build"), HasSubstr("skip-unchanged: it is run, no run left a result of it"));
  const std::string used = UsedLine(Log("use"));
  ASSERT_NE(used, "");
  const std::string artifact = runtime::base::ReadFile(RunPath() / "artifacts/build/out/built");

  const tests::Output again = Exec();
  ASSERT_EQ(again.code, 0) << All(again);
  EXPECT_EQ(ReusedFrom("build"), first);
  EXPECT_EQ(Step("build").at("reason"), "unchanged since run " + first);
  EXPECT_EQ(Step("build").at("tests").at("passed"), 1);
  EXPECT_THAT(Log("build"), HasSubstr("unchanged since run " + first + ": its result is taken"));
  EXPECT_THAT(again.text, HasSubstr("unchanged since run " + first));
  EXPECT_EQ(UsedLine(Log("use")), used);
  EXPECT_EQ(runtime::base::ReadFile(RunPath() / "artifacts/build/out/built"), artifact);
}

TEST_F(Reuse, SaysWhichInputDiffers) {
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  const std::string first = Pass();
  Pass({"--env", "COLOUR=red"});
  EXPECT_EQ(ReusedFrom("build"), "");
  EXPECT_THAT(Log("build"), HasSubstr("it is run, not as in run " + first + ": env COLOUR"));
  repository_.Write("more", "x");
  Pass();
  EXPECT_EQ(ReusedFrom("build"), "");
  EXPECT_THAT(Log("build"), HasSubstr("workspace"));
}

TEST_F(Reuse, FollowsEqualContentThroughStepsThatRanAgain) {
  Pipeline(R"(steps:
  generate: {image: busybox, network: none, run: "echo same >generated"}
  check:
    image: busybox
    network: none
    skip-unchanged: true
    run: "cat generated; cat /proc/sys/kernel/random/uuid >checked"
)");
  repository_.Commit("so that times count from it");
  const std::string first = Pass();
  Pass();
  EXPECT_EQ(ReusedFrom("generate"), "");
  EXPECT_EQ(ReusedFrom("check"), first);
}

TEST_F(Reuse, TakesNoResultThatFailedByItsProgramOrItsReports) {
  const auto pipeline = [&](const std::string& run) {
    Pipeline("steps:\n  a:\n    image: busybox\n    network: none\n    skip-unchanged: true\n" +
             std::string("    tests: {junit: r.xml}\n    run: |\n      ") + run + "\n");
  };
  pipeline("exit 3");
  ASSERT_EQ(Exec().code, 1);
  ASSERT_EQ(Exec().code, 1);
  EXPECT_THAT(Log("a"), HasSubstr("no run left a result of it"));
  pipeline(
      R"(echo '<testsuite name="s"><testcase name="c"><failure/></testcase></testsuite>' >r.xml)");
  ASSERT_EQ(Exec().code, 1);
  ASSERT_EQ(Exec().code, 1);
  EXPECT_THAT(Log("a"), HasSubstr("no run left a result of it"));
}

TEST_F(Reuse, KeepsNothingOfAStepThatPassedAtALaterAttempt) {
  Pipeline(R"(steps:
  a: {image: busybox, network: none, skip-unchanged: true, retry: 1,
      volumes: ["seen:/seen"], run: "test -e /seen/once || { touch /seen/once; exit 1; }"}
)");
  ASSERT_EQ(Exec().code, 0);
  ASSERT_EQ(Step("a").at("outcome"), "flaky");
  Pass();
  EXPECT_EQ(ReusedFrom("a"), "");
}

// What a stranger's run left must not stand for a trusted one, nor for another stranger's.
TEST_F(Reuse, IsOfOneRepository) {
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  Pass();
  const tests::GitRepository other(NewDirectory() / "project");
  other.Write("message", "hello");
  other.Write(".runner.yml", kBuild);
  const tests::Output elsewhere = tests::RunToEnd(Runner({"exec", other.path()}));
  ASSERT_EQ(elsewhere.code, 0) << All(elsewhere);
  EXPECT_EQ(ReusedFrom("build"), "");
  EXPECT_THAT(Log("build"), HasSubstr("no run left a result of it"));
}

TEST_F(Reuse, KeepsNothingOfAPullRequest) {
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  const size_t before = CountLayers();
  Pass({"--event", "pull-request"});
  EXPECT_THAT(Log("build"), HasSubstr("a pull request's is never kept"));
  EXPECT_EQ(CountLayers(), before);
  Pass({"--event", "pull-request"});
  EXPECT_EQ(ReusedFrom("build"), "");
  Pass();
  EXPECT_EQ(ReusedFrom("build"), "");
}

TEST_F(Reuse, KeepsNothingOfARunThatGoesOnFromAnother) {
  Pipeline(R"(steps:
  a: {image: busybox, network: none, skip-unchanged: true, run: "test -e fixed"}
)");
  ASSERT_EQ(Exec().code, 1);
  const std::string failed = RunPath().filename();
  const fs::path patch = NewDirectory();
  runtime::base::WriteFileAtomically(patch, "--- /dev/null\n+++ b/fixed\n@@ -0,0 +1 @@\n+x\n",
                                     runtime::base::Durability::kNoFlush, 0644);
  const tests::Output resumed =
      tests::RunToEnd(Runner({"resume", failed, "--from", "a", "--patch", patch}));
  ASSERT_EQ(resumed.code, 0) << All(resumed);
  EXPECT_THAT(Log("a"), HasSubstr("the run goes on from another"));
}

// The texts that it hides would be shown by whoever takes its result.
TEST_F(Reuse, KeepsNothingOfAStepThatMasksATextOfItsOwn) {
  Pipeline(R"(steps:
  a: {image: busybox, network: none, skip-unchanged: true, run: "echo ::add-mask::hidden-word"}
)");
  Pass();
  Pass();
  EXPECT_EQ(ReusedFrom("a"), "");
}

TEST_F(Reuse, RunsAStepWhoseKeptFilesAreGone) {
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  const std::string first = Pass();
  for (const std::string& layer : Names("layers")) {
    if (layer.starts_with("result-")) {
      fs::remove_all(state() / "layers" / layer);
    }
  }
  Pass();
  EXPECT_THAT(Log("build"), HasSubstr("the files that run " + first + " left are gone"));
  const std::string second = RunPath().filename();
  Pass();
  EXPECT_EQ(ReusedFrom("build"), second);
}

TEST_F(Reuse, LeavesNothingOfTheRunItself) {
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  Pass();
  EXPECT_THAT(Names("layers"), Not(Contains(HasSubstr(RunPath().filename().string()))));
  Pass();
  ASSERT_NE(ReusedFrom("build"), "");
  EXPECT_THAT(Names("layers"), Not(Contains(HasSubstr(RunPath().filename().string()))));
  EXPECT_THAT(Names("tmp"), testing::IsEmpty());
}

// A reused layer is the store's, the run's and the kept run's: each may go by itself.
TEST_F(Reuse, IsEnteredAndOutlivesTheRunThatItCameFrom) {
  repository_.Write("message", "hello");
  Pipeline(std::string(kBuild) + "  last: {image: busybox, network: none, run: exit 1}\n");
  ASSERT_EQ(Exec().code, 1);
  ASSERT_EQ(Exec().code, 1);
  ASSERT_NE(ReusedFrom("build"), "");
  const tests::Output entered = tests::RunToEnd(
      Runner({"shell", RunPath().filename().string() + "/last", "--", "cat", "out/built"}));
  EXPECT_EQ(entered.code, 0) << All(entered);
  EXPECT_NE(entered.text, "");
}

TEST_F(Reuse, FastTakesResultsOfStepsThatDontAskForIt) {
  Pipeline(R"(steps:
  plain: {image: busybox, network: none, run: "cat /proc/sys/kernel/random/uuid >a"}
  never: {image: busybox, network: none, skip-unchanged: false, run: "cat /proc/sys/kernel/random/uuid >b"}
  kept: {image: busybox, network: none, volumes: ["data:/data"], run: "cat /proc/sys/kernel/random/uuid >c"}
  told: {image: busybox, network: none, secrets: [word], run: "cat /proc/sys/kernel/random/uuid >d"}
finally:
  end: {image: busybox, network: none, run: "cat /proc/sys/kernel/random/uuid >e"}
)");
  const fs::path word = NewDirectory();
  runtime::base::WriteFileAtomically(word, "a long word", runtime::base::Durability::kNoFlush,
                                     0644);
  const tests::Words arguments = {"--fast", "--secret", "word=@" + word.string()};
  const std::string first = Pass(arguments);
  Pass(arguments);
  EXPECT_EQ(ReusedFrom("plain"), first);
  for (const char* step : {"never", "kept", "told", "end"}) {
    EXPECT_EQ(ReusedFrom(step), "") << step;
  }
}

TEST_F(Reuse, IsForeseenByPlan) {
  const auto plan = [&](const tests::Words& arguments = {}) {
    tests::Words words = {"plan", repository_.path()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return tests::RunToEnd(Runner(words)).text;
  };
  repository_.Write("message", "hello");
  Pipeline(kBuild);
  EXPECT_THAT(plan(), HasSubstr("     runs     no run left a result of it\n"));
  const std::string first = Pass({"--fast"});
  EXPECT_THAT(plan(),
              HasSubstr("     reuse    of run " + first + ", if the workspace is the same\n"));
  EXPECT_THAT(plan({"--env", "COLOUR=red"}),
              HasSubstr("     runs     not as in run " + first + ": env COLOUR\n"));
  EXPECT_THAT(plan({"--fast", "--json"}), HasSubstr("\"reuse\": \"" + first + "\""));
}

class ReusePush : public Reuse {
 protected:
  ReusePush() {
    repository_.Write("message", "hello");
    repository_.Commit("so that the image is the same");
  }
  void Product(const std::string& keys) const {
    Pipeline(R"(steps:
  package: {image-build: {from: busybox, copy: {message: /message}}}
  test:
    image: ${{ steps.package.image }}
    network: none
    tests: {junit: r.xml}
    run: echo '<testsuite name="s"><testcase name="c"/></testsuite>' >r.xml
)" + keys + R"(  push:
    push: {image: "${{ steps.package.image }}", to: )" +
             registry_.host() + "/hubot}\n");
  }

  tests::RegistryServer registry_;
};

TEST_F(ReusePush, NeedsATestThatFastDidNotSkip) {
  Product("");
  Pass({"--fast"});
  const tests::Output again = Exec({"--fast"});
  EXPECT_EQ(again.code, 1) << All(again);
  EXPECT_NE(ReusedFrom("test"), "");
  EXPECT_EQ(Step("push").at("outcome"), "failed");
  EXPECT_THAT(std::string(Step("push").at("reason")),
              HasSubstr("its tests were taken from an earlier run, since --fast says so"));
}

TEST_F(ReusePush, TakesTheFilesWordThatTheTestNeedNotRunAgain) {
  Product("    skip-unchanged: true\n");
  const std::string first = Pass();
  Pass();
  EXPECT_EQ(ReusedFrom("test"), first);
  EXPECT_EQ(Step("push").at("outcome"), "passed");
}

}  // namespace
}  // namespace runner
