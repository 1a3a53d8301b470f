// PID 1, signals, orphans, zombies, and how the end of a program is told.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <sstream>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;

class InitProcess : public RunTest {};
class Program : public RunTest {};

const Words kInitCalls = {"init-exe",         "init-exe-write",   "init-memory",
                          "init-environment", "init-descriptors", "init-trace"};
constexpr char kAllRefused[] =
    "init-exe EACCES\ninit-exe-write EACCES\ninit-memory EACCES\ninit-environment EACCES\n"
    "init-descriptors EACCES\ninit-trace EPERM\n";

TEST_F(InitProcess, CannotBeReadWrittenOrTraced) {
  EXPECT_EQ(Probe({}, kInitCalls), kAllRefused);
  EXPECT_EQ(Probe({"-u", "1000"}, kInitCalls), kAllRefused);
}

TEST_F(InitProcess, CannotBeReachedEvenByAProgramThatMayTraceAll) {
  EXPECT_EQ(Probe({"--cap-add", "SYS_PTRACE"}, kInitCalls), kAllRefused);
}

// Seen from outside, by who may read everything: not even that could write it.
TEST_F(InitProcess, IsASealedFileThatNobodyReads) {
  Process process(RunWords({}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  process.ReadUntil("ready");
  const std::string runner = std::to_string(process.pid());
  std::istringstream children(
      runtime::base::ReadFile("/proc/" + runner + "/task/" + runner + "/children"));
  int seen = 0;
  for (std::string pid; children >> pid;) {
    const std::string status = runtime::base::ReadFile("/proc/" + pid + "/status");
    if (status.find("NSpid:\t" + pid + "\t1\n") == std::string::npos) {
      continue;  // The reaper.
    }
    ++seen;
    const runtime::base::UniqueFd file = runtime::base::OpenFile("/proc/" + pid + "/exe", O_RDONLY);
    EXPECT_EQ(::fcntl(file.get(), F_GET_SEALS),
              F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    struct stat st;
    ASSERT_EQ(::fstat(file.get(), &st), 0);
    EXPECT_EQ(st.st_mode & 07777u, 0111u);
  }
  EXPECT_EQ(seen, 1);
}

TEST_F(InitProcess, HasASessionOfItsOwnAndSoHasTheProgram) {
  EXPECT_EQ(Text("cut -d' ' -f5,6 /proc/1/stat; cut -d' ' -f5,6 /proc/$$/stat"), "1 1\n2 2");
}

TEST_F(InitProcess, CannotBeKilledFromInside) {
  EXPECT_EQ(Text("kill -KILL 1; kill -STOP 1; echo alive"), "alive");
}

TEST_F(InitProcess, ReapsOrphans) {
  // Two hundred children whose parent is gone; none is left as a zombie once they are reaped.
  EXPECT_EQ(Text("i=0; while [ $i -lt 200 ]; do (true & exit); i=$((i+1)); done\n"
                 "while ps -o stat | grep -q '^Z'; do :; done; echo none"),
            "none");
}

TEST_F(InitProcess, EndsWhatAProgramLeavesBehind) {
  const std::string directory = MakeDirectory("orphans");
  const Output output = Shell({"-v", directory + ":/out"},
                              "setsid sh -c 'trap \"\" TERM HUP; echo ready > /out/ready; "
                              "exec sleep 987654' </dev/null >/dev/null 2>&1 &\n"
                              "while [ ! -s /out/ready ]; do :; done; cat /out/ready");
  EXPECT_EQ(output.text, "ready\n");
  // No other container of this test runs, so nothing with that command is left on the host.
  EXPECT_EQ(RunToEnd({"pgrep", "-f", "^sleep 987654$"}).code, 1);
}

TEST_F(Program, ExitCodeIsPassedOn) {
  EXPECT_EQ(Shell({}, "exit 0").code, 0);
  EXPECT_EQ(Shell({}, "exit 42").code, 42);
  EXPECT_EQ(Shell({}, "exit 255").code, 255);
}

TEST_F(Program, SignalIsTold) {
  EXPECT_EQ(Shell({}, "kill -SEGV $$").code, 128 + SIGSEGV);
  EXPECT_EQ(Shell({}, "kill -KILL $$").code, 128 + SIGKILL);
}

TEST_F(Program, MissingAndNotExecutableAreTold) {
  Output output = Run({}, {"no-such-program"});
  EXPECT_EQ(output.code, 127);
  EXPECT_THAT(output.errors, HasSubstr("no-such-program: not found in the image"));
  output = Run({}, {"/etc/passwd"});
  EXPECT_EQ(output.code, 126);
  EXPECT_THAT(output.errors, HasSubstr("Permission denied"));
  EXPECT_EQ(Run({}, {"/etc"}).code, 126);
}

TEST_F(Program, TimeoutIsTold) {
  const Output output = Run({"--timeout", "300ms"}, {"sleep", "1000"});
  EXPECT_EQ(output.code, 124);
  EXPECT_THAT(output.errors, HasSubstr("timed out after 300 ms"));
}

TEST_F(Program, TermSignalIsForwarded) {
  Process process(RunWords({}, {"sh", "-c",
                                "trap 'echo got; exit 7' TERM; echo ready; "
                                "while :; do sleep 0.01; done"}));
  process.ReadUntil("ready");
  process.Signal(SIGTERM);
  const Output output = process.Wait();
  EXPECT_EQ(output.code, 7);
  EXPECT_THAT(output.text, HasSubstr("got"));
}

TEST_F(Program, ImagesStopSignalTakesThePlaceOfTerm) {
  MakeImage("stopsignal", "true", {"STOPSIGNAL SIGUSR2"});
  Process process(RunWords({},
                           {"sh", "-c",
                            "trap 'exit 9' USR2; trap 'exit 8' TERM; echo ready; "
                            "while :; do sleep 0.01; done"},
                           "stopsignal"));
  process.ReadUntil("ready");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 9);
}

TEST_F(Program, StopSignalOfTheRunWins) {
  Process process(
      RunWords({"--stop-signal", "SIGUSR1"}, {"sh", "-c",
                                              "trap 'exit 7' USR1; trap 'exit 8' TERM; echo ready; "
                                              "while :; do sleep 0.01; done"}));
  process.ReadUntil("ready");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 7);
}

TEST_F(Program, SecondTermKillsAProgramThatIgnoresTheFirst) {
  Process process(RunWords({}, {"sh", "-c",
                                "trap 'echo asked' TERM; echo ready; "
                                "while :; do sleep 0.01; done"}));
  process.ReadUntil("ready");
  process.Signal(SIGTERM);
  process.ReadUntil("asked");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 128 + SIGKILL);
}

TEST_F(Program, IgnoredSignalsOfTheCallerAreNotIgnoredInside) {
  Words command = {"sh", "-c", "trap '' PIPE USR1 HUP; exec \"$@\"", "sh"};
  const Words run = RunWords({}, {"grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status"});
  command.insert(command.end(), run.begin(), run.end());
  const Output output = RunToEnd(command);
  EXPECT_EQ(output.text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(Program, FileModeMaskOfTheCallerStaysOutside) {
  const Words words = RunWords({"-u", "1000", "-w", "/made/here"},
                               {"sh", "-c", "umask; ls /bin/sh; stat -c %a / /made"});
  Words command = {"sh", "-c", "umask 077; exec \"$@\"", "sh"};
  command.insert(command.end(), words.begin(), words.end());
  const Output output = RunToEnd(command);
  EXPECT_EQ(output.text, "0022\n/bin/sh\n755\n755\n") << output.errors;
}

TEST_F(Program, TakesTenThousandArguments) {
  Words command = {"sh", "-c", "echo $#", "sh"};
  command.insert(command.end(), 10'000, "argument");
  EXPECT_EQ(Run({}, command).text, "10000\n");
}

TEST_F(Program, TakesNoMoreArgumentsThanInitHasRoomFor) {
  Words command = {"true"};
  command.insert(command.end(), 70'000, "a");
  const Output output = Run({}, command);
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("Argument list too long"));
}

TEST_F(Program, TakesTheLargestVariableAndArgument) {
  // MAX_ARG_STRLEN (execve(2)): 128 KiB with the name and the NUL.
  const std::string value(131072 - 3, 'x');
  ::setenv("V", value.c_str(), 1);
  EXPECT_EQ(Run({"-e", "V"}, {"sh", "-c", "echo ${#V}"}).text, "131069\n");
  ::unsetenv("V");
  const Output output = Run({}, {"echo", std::string(131072 - 1, 'x')});
  EXPECT_EQ(output.text.size(), 131072u);
}

TEST_F(Program, IsLookedUpInItsOwnPath) {
  EXPECT_EQ(Run({"-e", "PATH="}, {"true"}).code, 127);
  EXPECT_EQ(Run({"-e", "PATH=::/nowhere:/bin:"}, {"true"}).code, 0);
  EXPECT_EQ(Run({"-e", "PATH=/etc/passwd:/proc/self/fd"}, {"true"}).code, 127);
  EXPECT_EQ(Run({"-e", "PATH=" + std::string(5000, 'x') + ":/bin"}, {"true"}).code, 0);
}

TEST_F(Program, EmptyNameIsBadUsage) {
  const Output output = Run({}, {""});
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("no command to run"));
}

TEST_F(Program, IsFoundWhenAnEntryOfThePathMayNotBeSearched) {
  MakeImage("closed", "mkdir -m 700 closed");
  EXPECT_EQ(Run({"-u", "1000", "-e", "PATH=/closed:/bin"}, {"true"}, "closed").code, 0);
}

}  // namespace
}  // namespace tests
