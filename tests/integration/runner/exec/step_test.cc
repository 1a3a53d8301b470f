// What a step sees, and what it hands on.
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;

using ExecStep = ExecTest;

TEST_F(ExecStep, FindsTheFilesOfAllParallelStepsItNeeds) {
  Pipeline(R"(steps:
  left: {image: busybox, needs: [], run: echo from-left > left}
  right: {image: busybox, needs: [], run: echo from-right > right}
  both: {image: busybox, needs: [left, right], argv: [cat, left, right]})");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("both"), HasSubstr("from-left"));
  EXPECT_THAT(Log("both"), HasSubstr("from-right"));
}

TEST_F(ExecStep, RunsAtTheSameTimeAsOneItDoesNotNeedAndReachesItByName) {
  // Each waits for the other, through the only thing they share: the network of the job.
  Pipeline(R"(steps:
  Listen_1:
    image: busybox
    needs: []
    network: job
    argv: [sh, -c, "echo met | nc -l -p 80"]
    timeout: 20s
  call:
    image: busybox
    needs: []
    network: job
    run: until nc Listen_1 80 </dev/null; do usleep 10000; done
    timeout: 20s)");

  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("call"), HasSubstr("out met\n"));
}

TEST_F(ExecStep, OfAJobReachesNothingOutside) {
  Pipeline(R"(steps:
  look:
    image: busybox
    network: job
    run: "ip route | grep -c default || nslookup example.org || true")");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("look"), HasSubstr("out 0\n"));
  EXPECT_THAT(Log("look"), HasSubstr("NXDOMAIN"));
}

TEST_F(ExecStep, IsSkippedWhenItsConditionIsFalse) {
  Pipeline(R"(steps:
  here: {image: busybox, run: "true", if: branch == "main"}
  there: {image: busybox, run: "true", if: branch == "other"})");
  repository_.Commit("Begin");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_EQ(Step("here").at("outcome"), "passed");
  EXPECT_EQ(Step("there").at("outcome"), "skipped");
}

TEST_F(ExecStep, OwnsItsWorkspaceAsAnyUser) {
  Pipeline(R"yaml(steps:
  root: {image: busybox, run: "mkdir made && echo root > made/file"}
  user: {image: busybox, user: "1000:2000", run: "echo $(stat -c %u:%g . made/file) && echo user > made/file && touch new"}
  other: {image: busybox, user: "33", run: "echo $(stat -c %u:%g made/file new) $(cat made/file)"}
  again: {image: busybox, run: "echo $(stat -c %u:%g made/file new)"})yaml");

  const ExecResult result = Exec();
  ASSERT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("user"), HasSubstr("out 1000:2000 1000:2000\n"));
  EXPECT_THAT(Log("other"), HasSubstr("out 33:0 33:0 user\n"));
  EXPECT_THAT(Log("again"), HasSubstr("out 0:0 0:0\n"));
}

TEST_F(ExecStep, FindsItsWorkspaceAsAStepBeforeGaveItAway) {
  Pipeline(R"yaml(steps:
  give: {image: busybox, run: "echo x > file && chown -R 1000:1000 ."}
  user: {image: busybox, user: "1000", run: "echo $(stat -c %u:%g . file) && touch new"}
  other: {image: busybox, user: "33", run: "stat -c %u . && ! touch new 2>/dev/null"})yaml");

  const ExecResult result = Exec();
  ASSERT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("user"), HasSubstr("out 1000:1000 1000:1000\n"));
  EXPECT_THAT(Log("other"), HasSubstr("out 1000\n"));
}

TEST_F(ExecStep, PassesOutputsOn) {
  Pipeline(R"(steps:
  first: {image: busybox, run: 'echo version=1.2.3 >> "$RUNNER_OUTPUT"'}
  second: {image: busybox, run: "echo got $VERSION", env: {VERSION: "${{ steps.first.outputs.version }}"}})");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("second"), HasSubstr("got 1.2.3"));
}

TEST_F(ExecStep, SeesTheVariablesOfThePipelineItsOwnAndTheCommandLine) {
  Pipeline(R"(env: {A: pipeline, B: pipeline, C: pipeline}
steps: {show: {image: busybox, run: 'echo "$A $B $C $CI $RUNNER_STEP"', env: {B: step}}})");

  ASSERT_EQ(Exec({"--env", "C=command-line"}).status, 0);
  EXPECT_THAT(Log("show"), HasSubstr("pipeline step command-line true show"));
}

TEST_F(ExecStep, DoesNotSeeTheEnvironmentOfTheHost) {
  Pipeline("steps: {show: {image: busybox, argv: [env]}}");

  ASSERT_EQ(Exec({}, {{"HOST_PASSWORD", "s3cret"}}).status, 0);
  EXPECT_THAT(Log("show"), HasSubstr("CI=true"));
  EXPECT_THAT(Log("show"), Not(HasSubstr("s3cret")));
}

TEST_F(ExecStep, GetsOddValuesByteByByteAndNeverAsOptionsOrShellText) {
  const std::map<std::string, std::string> odd = {{"DASH", "--privileged -v /:/host"},
                                                  {"QUOTES", "'\"`$(id)`\\ ${HOME} *"},
                                                  {"LINES", "a\nB=b\r\n\tc\n"},
                                                  {"EMPTY", ""},
                                                  {"EQUALS", "==A=B"},
                                                  {"LONG", std::string(100'000, 'x')}};
  nlohmann::json file;
  file["steps"]["show"] = {{"image", "busybox"},
                           {"argv", {"cp", "/proc/self/environ", "seen"}},
                           {"artifacts", {"seen"}},
                           {"env", odd}};
  Pipeline(file.dump());

  ASSERT_EQ(Exec().status, 0);
  const std::string seen = '\0' + runtime::base::ReadFile(RunPath() / "artifacts/show/seen");
  for (const auto& [name, value] : odd) {
    EXPECT_THAT(seen, HasSubstr('\0' + name + "=" + value + '\0')) << name;
  }
}

TEST_F(ExecStep, ManyAtOnceNeverGetEachOthersLines) {
  std::string cells;
  for (int i = 10; i < 40; ++i) {
    cells += (cells.empty() ? "" : ", ") + std::to_string(i);
  }
  Pipeline("steps:\n  say:\n    image: busybox\n    network: none\n    matrix: {n: [" + cells +
           "]}\n    argv: [sh, -c, 'for i in $(seq 1000); do echo cell ${{ matrix.n }}; done']\n");

  ASSERT_EQ(Exec({"-j", "30", "-q"}).status, 0);
  for (int i = 10; i < 40; ++i) {
    std::istringstream log(Log("say%20%28" + std::to_string(i) + "%29"));
    const std::string own = "out cell " + std::to_string(i);
    int count = 0;
    for (std::string line; std::getline(log, line);) {
      const size_t out = line.find(" out ");
      if (out != std::string::npos) {
        EXPECT_EQ(line.substr(out + 1), own);
        ++count;
      }
    }
    EXPECT_EQ(count, 1000);
  }
}

TEST_F(ExecStep, RunsAsTheUserItNames) {
  Pipeline("steps: {who: {image: busybox, argv: [id, -u], user: nobody}}");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("who"), HasSubstr("65534"));
}

TEST_F(ExecStep, HasNoCapabilityForTestsAndFewForABuild) {
  constexpr char kLook[] = "grep -E '^Cap(Inh|Eff|Bnd)' /proc/self/status | cut -f2 | xargs echo";
  Pipeline(std::string("steps:\n  build:\n    image: busybox\n    run: ") + kLook +
           "\n  test:\n    image: busybox\n    tests: {junit: report.xml}\n    run:\n      - " +
           kLook +
           "\n      - \"echo '<testsuite><testcase name=\\\"a\\\"/></testsuite>' >report.xml\"\n");

  ASSERT_EQ(Exec().status, 0);
  // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, NET_BIND_SERVICE, SETFCAP.
  EXPECT_THAT(Log("build"), HasSubstr("0000000000000000 00000000800004fb 00000000800004fb"));
  EXPECT_THAT(Log("test"), HasSubstr("0000000000000000 0000000000000000 0000000000000000"));
}

TEST_F(ExecStep, CannotChangeAReadOnlyWorkspace) {
  repository_.Write("here", "yes\n");
  Pipeline(R"(steps:
  look: {image: busybox, run: [cat here, touch new], workspace: ro})");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(Log("look"), HasSubstr("yes"));
  EXPECT_THAT(Log("look"), HasSubstr("Read-only file system"));
}

TEST_F(ExecStep, HasNoWorkspaceWhenItAsksForNone) {
  Pipeline(
      "steps: {look: {image: busybox, run: 'test ! -e /workspace/.runner.yml', workspace: none}}");

  EXPECT_EQ(Exec().status, 0);
}

TEST_F(ExecStep, LeavesItsArtifactsInTheRun) {
  Pipeline(R"(steps:
  make: {image: busybox, run: [mkdir dist, echo packed > dist/a.txt, echo no > dist/b.log],
         artifacts: ["dist/*.txt"]})");

  ASSERT_EQ(Exec().status, 0);
  const std::filesystem::path artifacts = RunPath() / "artifacts" / "make";
  EXPECT_EQ(runtime::base::ReadFile(artifacts / "dist/a.txt"), "packed\n");
  EXPECT_FALSE(std::filesystem::exists(artifacts / "dist/b.log"));
}

}  // namespace
}  // namespace runner
