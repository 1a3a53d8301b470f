// What bounds a step, how its end says so, and what the record tells of its use.
#include <nlohmann/json.hpp>

#include <csignal>
#include <thread>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::HasSubstr;

using ExecLimits = ExecTest;

TEST_F(ExecLimits, OfDiskEndAStepAndAreItsCause) {
  Pipeline(R"(steps:
  flood:
    image: busybox
    run: |
      i=0
      while :; do dd if=/dev/zero of=file$i bs=1M count=4 2>/dev/null; i=$((i+1)); done
    limits: {disk: 32MiB})");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("out of disk"));
  EXPECT_THAT(result.out, HasSubstr("limit 32.0 MiB"));
  EXPECT_EQ(Step("flood").at("cause"), "disk");
}

// Neither its root file system nor the file that it answers through is a way around.
TEST_F(ExecLimits, OfDiskHoldForAllThatAStepCanWriteTo) {
  Pipeline(R"(steps:
  root: {image: busybox, needs: [], argv: [dd, if=/dev/zero, of=/file, bs=1M, count=100], limits: {disk: 16MiB}}
  output: {image: busybox, needs: [], run: "cat /dev/zero >$RUNNER_OUTPUT", limits: {disk: 16MiB}})");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  for (const char* step : {"root", "output"}) {
    EXPECT_EQ(Step(step).at("outcome"), "failed") << step;
    EXPECT_THAT(Step(step).at("reason"), HasSubstr("16.0 MiB")) << step;
  }
}

TEST_F(ExecLimits, OfProcessesAreNamedWhenAStepReachesThem) {
  Pipeline(R"(steps:
  many:
    image: busybox
    run: "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done"
    limits: {pids: 4})");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("it reached its limit of 4 processes"));
}

TEST_F(ExecLimits, OfOpenFilesAreSet) {
  Pipeline(R"(steps:
  files: {image: busybox, run: "ulimit -n; ulimit -Hn", limits: {open-files: 100}})");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("files"), HasSubstr("out 100\n"));
}

TEST_F(ExecLimits, AreNoneOfAStepsThatStayBelow) {
  Pipeline(R"(steps:
  small: {image: busybox, run: "echo x >file; exit 3", limits: {disk: 1MiB, pids: 10}})");

  EXPECT_EQ(Exec().status, 1);
  EXPECT_EQ(Step("small").at("reason"), "exit code 3");
}

TEST_F(ExecLimits, AndWhatWasUsedOfThemIsInTheRecord) {
  Pipeline(R"(steps:
  work:
    image: busybox
    run: |
      dd if=/dev/zero of=file bs=1M count=4 2>/dev/null
      sleep 0.1 & sleep 0.1 & wait)");

  ASSERT_EQ(Exec().status, 0);
  const nlohmann::json usage = Step("work").at("usage");
  EXPECT_GE(usage.at("written_bytes"), 4 << 20);
  EXPECT_GE(usage.at("peak_memory_bytes"), 1 << 20);
  EXPECT_EQ(usage.at("peak_processes"), 3);
  EXPECT_GE(usage.at("wall_ms"), 100);
}

class ExecHostUse : public ExecTest {
 protected:
  // More than half of the host's processors: two of them don't fit beside each other.
  static std::string Most() {
    return std::to_string(std::thread::hardware_concurrency() / 2.0 + 0.25);
  }
};

TEST_F(ExecHostUse, AStepWaitsForOneOfItsOwnRunAndSaysForWhat) {
  const std::string held =
      "{image: busybox, needs: [], run: exec sleep 1000, limits: {cpu: " + Most() + "}}\n";
  Pipeline("steps:\n  one: " + held + "  two: " + held +
           "  free: {image: busybox, needs: [], run: \"true\"}\n");
  const auto exec = StartExec({"-j", "3"});
  exec->AwaitOutput("waits for ");
  exec->AwaitOutput("=== free passed");
  exec->Signal(SIGINT);
  EXPECT_EQ(exec->Wait(), 130);
  // The other has its share by then, or is the first of those who ask for one.
  EXPECT_THAT(exec->err(),
              testing::ContainsRegex("waits for ([0-9.]+ processors: [0-9.]+ of [0-9]+ are free "
                                     "beside|its turn behind) step \"(one|two)\" of run"));
  EXPECT_THAT(Leftovers(), testing::IsEmpty());
}

TEST_F(ExecHostUse, AStepWaitsForThoseOfAnotherRunAndItsTimeoutDoesNotCount) {
  Pipeline("steps:\n  hold: {image: busybox, run: echo held; exec sleep 1000, limits: {cpu: " +
           Most() + "}}\n");
  const auto first = StartExec();
  first->AwaitOutput("held");
  Pipeline("steps:\n  pass: {image: busybox, run: \"true\", timeout: 5s, limits: {cpu: " + Most() +
           "}}\n");
  const auto second = StartExec();
  second->AwaitOutput("beside step \"hold\" of run");
  first->Signal(SIGKILL);
  first->Wait();

  EXPECT_EQ(second->Wait(), 0) << second->err();
}

TEST_F(ExecHostUse, AStepThatWaitsEndsAtOnceWhenItIsCancelled) {
  Pipeline("steps:\n  hold: {image: busybox, run: echo held; exec sleep 1000, limits: {cpu: " +
           Most() + "}}\n");
  const auto first = StartExec();
  first->AwaitOutput("held");
  const auto second = StartExec();
  second->AwaitOutput("waits for");
  second->Signal(SIGINT);
  EXPECT_EQ(second->Wait(), 130) << second->err();
  first->Signal(SIGINT);
  EXPECT_EQ(first->Wait(), 130);
}

TEST_F(ExecHostUse, AStepThatAsksForMoreThanTheHostHasRunsAlone) {
  Pipeline("steps:\n  big: {image: busybox, run: \"true\", limits: {cpu: 1000}}\n");
  EXPECT_EQ(Exec().status, 0);
}

}  // namespace
}  // namespace runner
