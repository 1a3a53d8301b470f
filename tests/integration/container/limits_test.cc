// Memory, CPU and process limits, and that their end is told apart.
#include <gmock/gmock.h>
#include <unistd.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;

class Limit : public RunTest {};

TEST_F(Limit, OfMemoryIsToldFromAKill) {
  const Output output = Shell({"--memory", "16m"}, "x=0123456789abcdef; while :; do x=$x$x; done");
  EXPECT_EQ(output.code, 137);
  EXPECT_THAT(output.errors, HasSubstr("out of memory"));
  EXPECT_THAT(output.errors, HasSubstr("limit 16.0 MiB"));
}

TEST_F(Limit, OfMemoryHitByAChildIsTold) {
  const Output output =
      Shell({"--memory", "16m"}, "sh -c 'x=0123456789abcdef; while :; do x=$x$x; done' || exit 3");
  EXPECT_EQ(output.code, 137);
  EXPECT_THAT(output.errors, HasSubstr("out of memory"));
}

TEST_F(Limit, OfMemoryHoldsForFilesInMemory) {
  const Output output = Shell({"--memory", "16m"}, "dd if=/dev/zero of=/dev/shm/x bs=1M count=60");
  EXPECT_NE(output.code, 0);
}

TEST_F(Limit, OfProcessesStopsAForkBombAndTheContainerEnds) {
  const Output output =
      Shell({"--pids-limit", "20", "--timeout", "1s"},
            "bomb() { bomb | bomb & }; bomb 2>/dev/null; while :; do sleep 1; done");
  // Its shell may give up by itself when it can't fork.
  EXPECT_TRUE(output.code == 124 || output.code == 2) << output.code << output.errors;
  EXPECT_TRUE(ContainersAreGone());
}

TEST_F(Limit, OfProcessesCountsTheProgramsAlone) {
  EXPECT_EQ(Shell({"--pids-limit", "1"}, "echo $$").code, 0);
  EXPECT_NE(Shell({"--pids-limit", "1"}, "true | true; cat /etc/passwd; true").errors, "");
}

TEST_F(Limit, OfCpuIsWrittenAsAQuota) {
  Process process(RunWords({"--cpus", "1.5"}, {"sh", "-c", "echo ready; sleep 1000"}));
  process.ReadUntil("ready");
  EXPECT_THAT(CgroupFile("cpu", "cpu.cfs_quota_us", "cpu.max"), HasSubstr("150000"));
}

TEST_F(Limit, OfMemoryAndProcessesAreWritten) {
  Process process(
      RunWords({"--memory", "64m", "--pids-limit", "33"}, {"sh", "-c", "echo ready; sleep 1000"}));
  process.ReadUntil("ready");
  EXPECT_EQ(CgroupFile("memory", "memory.limit_in_bytes", "memory.max"), "67108864\n");
  EXPECT_EQ(CgroupFile("pids", "pids.max", "pids.max"), "34\n");  // init is one
}

TEST_F(Limit, ThatNoKernelTakesIsBadUsage) {
  for (const Words& option :
       {Words{"--cpus", "0.001"}, Words{"--cpus", "nan"}, Words{"--cpus", "inf"},
        Words{"--cpus", "-1"}, Words{"--memory", "1m"}, Words{"--memory", "x"},
        Words{"--pids-limit", "4294967295"}, Words{"--pids-limit", "-2"}}) {
    const Output output = Run(option, {"true"});
    EXPECT_EQ(output.code, 125) << option[0] << " " << option[1] << output.errors;
  }
}

// Hosts without swap accounting have no such file.
TEST_F(Limit, OfMemoryIsNotWidenedBySwap) {
  Process process(RunWords({"--memory", "64m"}, {"sh", "-c", "echo ready; sleep 1000"}));
  process.ReadUntil("ready");
  EXPECT_THAT(CgroupFile("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
              testing::AnyOf("", "0\n", "67108864\n"));
}

TEST_F(Limit, CoreFilesAreOffWhateverTheCallerAllows) {
  const Words words = RunWords({}, {"sh", "-c", "ulimit -Sc; ulimit -Hc"});
  Words command = {"sh", "-c", "ulimit -c unlimited; exec \"$@\"", "sh"};
  command.insert(command.end(), words.begin(), words.end());
  EXPECT_EQ(RunToEnd(command).text, "0\n0\n");
}

TEST_F(Limit, OfCpusPinsThem) {
  EXPECT_EQ(
      Text({"--cpuset-cpus", "0"}, "grep Cpus_allowed_list /proc/self/status | cut -f2; nproc"),
      "0\n1");
  const Output output = Run({"--cpuset-cpus", "4000"}, {"true"});
  EXPECT_EQ(output.code, 125) << output.errors;
  EXPECT_THAT(output.errors, HasSubstr("limit cpuset: this host has no 4000"));
  EXPECT_TRUE(ContainersAreGone());
}

TEST_F(Limit, OfCpuIsAShareToo) {
  Process process(RunWords({"--cpu-shares", "512"}, {"sh", "-c", "echo ready; sleep 1000"}));
  process.ReadUntil("ready");
  EXPECT_THAT(CgroupFile("cpu", "cpu.shares", "cpu.weight"), testing::AnyOf("512\n", "50\n"));
}

TEST_F(Limit, ParentCgroupIsMadeAgainWhenItIsGone) {
  for (const char* controller : {"pids", "memory", "cpu", ""}) {
    const fs::path parent = fs::path("/sys/fs/cgroup") / controller / "runner";
    // Only when no container is in it; rmdir(2) sees to that.
    ::rmdir(parent.c_str());
  }
  EXPECT_EQ(Text({"--cpus", "1"}, "echo started"), "started");
}

}  // namespace
}  // namespace tests
