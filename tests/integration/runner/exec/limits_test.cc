// What bounds a step, how its end says so, and what the record tells of its use.
#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace runner
