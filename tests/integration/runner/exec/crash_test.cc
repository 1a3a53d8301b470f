// The end of the runner in the middle of a step, by SIGKILL and by Ctrl-C: nothing of it stays on
// the host, and the next run reclaims the files.
#include <nlohmann/json.hpp>
#include <signal.h>

#include <future>

#include "tests/integration/runner/exec/exec_test.h"
#include "tests/support/run_traces.h"
#include "tests/support/scripted_server.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

class ExecCrash : public ExecTest {
 protected:
  ExecCrash() : traces_(root()) {}

  // Kills the runner: within 2 seconds nothing of it is left, the next run passes, and afterwards
  // the files are reclaimed.
  void KillAndExpectRecovery(tests::ChildProgram& runner) {
    runner.Signal(SIGKILL);
    EXPECT_TRUE(tests::WaitUntil([&] { return traces_.Left().empty(); }, seconds(2)))
        << testing::PrintToString(traces_.Left());
    EXPECT_EQ(runner.Wait(), 128 + SIGKILL);

    Pipeline("steps: {a: {image: busybox, run: echo again > made}}");
    const ExecResult next = Exec();
    EXPECT_EQ(next.status, 0) << next.all();
    EXPECT_THAT(Leftovers(), IsEmpty());
  }

  tests::RunTraces traces_;
};

TEST_F(ExecCrash, InTheCloneLeavesNothing) {
  Pipeline("steps: {a: {image: busybox, run: 'true'}}");
  repository_.Write("big", "");
  std::filesystem::resize_file(repository_.path() / "big", 512 << 20);
  const auto runner = StartExec();
  runner->AwaitOutput("=== clone started");
  ASSERT_TRUE(tests::WaitUntil([&] { return traces_.Note() > 0; }, seconds(20)));

  std::filesystem::resize_file(repository_.path() / "big", 0);
  KillAndExpectRecovery(*runner);
}

TEST_F(ExecCrash, InARunStepLeavesNothing) {
  // A process that ignores what it can, in a session of its own, and a layer of an earlier step.
  Pipeline(R"(steps:
  first: {image: busybox, run: echo one > one}
  second:
    image: busybox
    network: none
    run: |
      setsid sh -c "trap '' TERM INT HUP; sleep 1000" &
      touch two
      echo ready
      wait)");
  const auto runner = StartExec();
  runner->AwaitOutput("[second] ready");
  ASSERT_GT(traces_.Note(), 1u);

  KillAndExpectRecovery(*runner);
}

TEST_F(ExecCrash, InATestStepLeavesNothing) {
  Pipeline(R"(steps:
  test: {image: busybox, argv: [sh, -c, echo ready; sleep 1000], tests: {junit: "*.xml"}})");
  const auto runner = StartExec();
  runner->AwaitOutput("[test] ready");
  ASSERT_GT(traces_.Note(), 0u);

  KillAndExpectRecovery(*runner);
}

TEST_F(ExecCrash, InAnImageBuildLeavesNothing) {
  Pipeline(R"(steps:
  build: {image: busybox, run: [mkdir out, head -c 100000000 /dev/urandom > out/big]}
  package: {image-build: {from: busybox, copy: {out/: /}}})");
  const auto runner = StartExec();
  runner->AwaitOutput("=== package started");
  // Its layer is being written.
  ASSERT_TRUE(tests::WaitUntil([&] { return !Names("tmp").empty(); }, seconds(20)));

  KillAndExpectRecovery(*runner);
}

TEST_F(ExecCrash, InAPushLeavesNothing) {
  std::promise<void> asked;
  bool first = true;
  const tests::ScriptedServer registry([&](const tests::ReceivedRequest&) {
    if (std::exchange(first, false)) {
      asked.set_value();
    }
    tests::ScriptedAnswer answer;
    answer.stall = true;
    return answer;
  });
  repository_.Write("suite.sh", SuiteScript(kPassingJunit));
  repository_.Write("message", "hello\n");
  Pipeline(FourSteps(registry.host()));
  repository_.Commit("Begin");
  const auto runner = StartExec();
  runner->AwaitOutput("=== push started");
  ASSERT_EQ(asked.get_future().wait_for(seconds(20)), std::future_status::ready);

  KillAndExpectRecovery(*runner);
}

TEST_F(ExecCrash, IsToldInTheRecordOfTheRun) {
  Pipeline("steps: {a: {image: busybox, run: [echo ready, sleep 1000]}}");
  const auto runner = StartExec();
  runner->AwaitOutput("[a] ready");
  runner->Signal(SIGKILL);
  runner->Wait();

  EXPECT_THAT(Log("a"), HasSubstr("ready"));
  EXPECT_EQ(Record().at("state"), "running") << "whoever reads it sees that nobody holds its lock";
}

TEST_F(ExecCrash, ByCtrlCIsCleanWhenThePromptIsBack) {
  Pipeline(R"(steps:
  a: {image: busybox, network: none, run: [echo ready, sleep 1000]})");
  const auto runner = StartExec();
  runner->AwaitOutput("[a] ready");
  ASSERT_GT(traces_.Note(), 0u);
  runner->Signal(SIGINT);

  EXPECT_EQ(runner->Wait(), 130);
  EXPECT_THAT(traces_.Left(), IsEmpty());
  EXPECT_THAT(Leftovers(), IsEmpty());
  EXPECT_EQ(Record().at("outcome"), "cancelled");
  EXPECT_THAT(runner->out(), HasSubstr("cancelled"));
}

}  // namespace
}  // namespace runner
