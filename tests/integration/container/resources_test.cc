// What a container's processes get of the host's resources, by default and by option.
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;

class Resources : public RunTest {};

// The most open files that this process could give.
std::string OwnFiles() {
  return RunToEnd({"sh", "-c",
                   "h=$(ulimit -Hn); [ $h != unlimited ] && [ $h -lt 65536 ] && echo $h "
                   "|| echo 65536"})
      .text;
}

TEST_F(Resources, OpenFilesAndCoreFilesAreBoundedByDefault) {
  EXPECT_EQ(Text("ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc") + "\n",
            OwnFiles() + OwnFiles() + "0\n0\n");
}

// 1 byte: of a file the kernel writes none then, and a program of the host isn't started (core(5)).
TEST_F(Resources, ACrashLeavesNoCoreFileNorOneForAProgramOfTheHost) {
  const std::string own = RunToEnd({"sh", "-c", "[ $(ulimit -Hc) = 0 ] && echo 0 || echo 1"}).text;
  EXPECT_EQ(Text("awk '/Max core/ {print $5; print $6}' /proc/self/limits") + "\n", own + own);
  EXPECT_EQ(Text("mkdir /x; cd /x; sh -c 'kill -SEGV $$'; echo $?; ls"), "139");
}

TEST_F(Resources, UlimitsAreSet) {
  EXPECT_EQ(Text({"--ulimit", "nofile=100:200", "--ulimit", "core=4096", "--ulimit", "nproc=500",
                  "--ulimit", "fsize=1048576"},
                 "ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -f; "
                 "awk '/Max processes/ {print $3}' /proc/self/limits; "
                 "dd if=/dev/zero of=/x bs=1M count=2 2>/dev/null; stat -c %s /x"),
            "100\n200\n8\n2048\n500\n1048576");
}

TEST_F(Resources, DescriptorsEndAtTheirLimit) {
  EXPECT_THAT(Shell({"--ulimit", "nofile=32"},
                    "i=3; while [ $i -lt 40 ]; do eval \"exec $i</dev/null\" || exit 5; "
                    "i=$((i+1)); done")
                  .errors,
              HasSubstr("Too many open files"));
}

TEST_F(Resources, SharedMemoryHasItsSizeAndItsNumberOfFiles) {
  EXPECT_EQ(Text({"--shm-size", "1m"},
                 "dd if=/dev/zero of=/dev/shm/x bs=64k count=32 2>/dev/null || "
                 "stat -c %s /dev/shm/x"),
            "1048576");
  EXPECT_EQ(
      Text({"--shm-size", "1m"},
           "cd /dev/shm; i=0; while [ $i -lt 2000 ] && true 2>/dev/null >$i; do i=$((i+1)); done; "
           "[ $i -lt 2000 ] && echo bounded"),
      "bounded");
  EXPECT_EQ(Text("df -k /dev/shm | tail -n 1 | awk '{print $2}'"), "65536");
}

TEST_F(Resources, ContainersGoBeforeTheRunnerWhenMemoryIsShort) {
  EXPECT_EQ(Text("cat /proc/self/oom_score_adj"), "500");
  EXPECT_EQ(Text({"--oom-score-adj", "700"}, "cat /proc/self/oom_score_adj"), "700");
}

TEST_F(Resources, ContainersStayThereUnlessTheRunnerMayNotSaySo) {
  // proc_pid_oom_score_adj(5).
  const bool may = ::prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE) == 1 && !rootless();
  EXPECT_EQ(Text("echo 0 2>/dev/null >/proc/self/oom_score_adj; cat /proc/self/oom_score_adj"),
            may ? "500" : "0");
}

// --- Devices: the rules of the cgroup, behind the user namespace and nodev.
// -----------------------

class DeviceRules : public RunTest {
 protected:
  // errno of opening the node for reading by a process of the host that joined the containers'
  // rules: its user namespace doesn't keep it from anything.
  static std::string OpenUnderRules(const std::string& path) {
    return RunToEnd({"sh", "-c",
                     "cd /sys/fs/cgroup/devices/runner 2>/dev/null && echo 0 >tasks || "
                     "{ cd /sys/fs/cgroup/runner && mkdir -p rules-test && "
                     "echo 0 >rules-test/cgroup.procs; }; "
                     "exec 2>&1; head -c 0 $0 && echo opened",
                     path})
        .text;
  }
};

TEST_F(DeviceRules, AreOfEveryContainer) {
  EXPECT_THAT(Text("true; cat /proc/self/cgroup"), testing::Not(HasSubstr("devices:/..")));
  Process process(RunWords({}, {"sh", "-c", "echo ready; sleep 1000"}));
  process.ReadUntil("ready");
  const std::string groups = base::ReadFile("/proc/" + std::to_string(InitOf(process)) + "/cgroup");
  EXPECT_THAT(groups, testing::AnyOf(HasSubstr(":devices:/runner\n"), HasSubstr("0::/runner/")));
}

TEST_F(DeviceRules, LeaveTheOrdinaryDevices) {
  EXPECT_EQ(Text("true"), "");  // Makes the rules where no container ran before.
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    EXPECT_EQ(OpenUnderRules(path), "opened\n") << path;
  }
}

TEST_F(DeviceRules, RefuseTheRest) {
  EXPECT_EQ(Text("true"), "");
  const fs::path directory = MakeDirectory("nodes");
  const fs::path kernel_log = directory / "kmsg";
  const fs::path disk = directory / "disk";
  const fs::path fuse = directory / "fuse";
  RunToEnd({"mknod", kernel_log, "c", "1", "11"});
  RunToEnd({"mknod", disk, "b", "7", "0"});
  RunToEnd({"mknod", fuse, "c", "10", "229"});
  for (const fs::path& path : {kernel_log, disk, fuse}) {
    EXPECT_THAT(OpenUnderRules(path), HasSubstr("Operation not permitted")) << path;
  }
}

}  // namespace
}  // namespace tests
