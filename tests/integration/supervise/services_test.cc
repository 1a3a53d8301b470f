// Services: started, started again, their output, their orphans; beside a command.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <sstream>

#include "runtime/base/files.h"
#include "tests/integration/container/terminal_process.h"
#include "tests/integration/supervise/supervise_fixture.h"

namespace tests {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Services : public SuperviseTest {};
class Command : public SuperviseTest {};

TEST_F(Services, AreAllStartedAndEachLineHasItsName) {
  MakeServices("two",
               {{"a", "echo one; echo two >&2; exec sleep 1000"}, {"b", "pwd; exec sleep 1000"}});
  Process process(RunWords({}, {}, "two"));
  process.ReadUntil("a: one\n");
  process.ReadUntil("a: two\n");
  process.ReadUntil("b: /etc/service/b\n");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST_F(Services, ThatCrashAreStartedAgainAfterAPauseThatGrows) {
  MakeServices("crash", {{"web", "echo up; exit 3"}});
  Process process(RunWords({}, {}, "crash"));
  process.ReadUntil("web: up\nweb: up\nweb: up\nweb: up\n");
  process.Signal(SIGTERM);
  const Output output = process.Wait();
  EXPECT_EQ(output.code, 0);
  std::istringstream lines(output.errors);
  for (const char* delay : {"250", "500", "1000"}) {
    std::string line;
    std::getline(lines, line);
    EXPECT_THAT(line, AllOf(StartsWith("runner-init: web: exit code 3 after "),
                            testing::EndsWith("; starts again in " + std::string(delay) + " ms")));
  }
}

TEST_F(Services, ThatASignalKilledAreStartedAgain) {
  MakeServices("killed", {{"web", "echo up; kill -SEGV $$"}});
  Process process(RunWords({}, {}, "killed"));
  process.ReadUntil("web: up\nweb: up\n");
  process.Signal(SIGTERM);
  EXPECT_THAT(process.Wait().errors, HasSubstr("web: killed by SIGSEGV"));
}

TEST_F(Services, ThatCannotBeStartedSayWhyAndHoldNobodyUp) {
  MakeServices("broken", {{"a", "exit"}, {"b", "exit"}, {"c", "echo up; exec sleep 1000"}},
               "rm etc/service/a/run; chmod -x etc/service/b/run");
  Process process(RunWords({}, {}, "broken"));
  process.ReadUntil("c: up\n");
  process.ReadUntil("a: ./run: No such file or directory\n");
  process.ReadUntil("b: ./run: Permission denied\n");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST_F(Services, FinishIsToldHowRunEnded) {
  MakeServices("finish", {{"a", "exit 7"}, {"b", "kill -KILL $$"}},
               "for s in a b; do\n"
               "  printf '#!/bin/sh\\necho finish \"$@\"\\n' > etc/service/$s/finish\n"
               "  chmod +x etc/service/$s/finish\n"
               "done");
  Process process(RunWords({}, {}, "finish"));
  process.ReadUntil("a: finish 7 0\n");
  process.ReadUntil("b: finish -1 9\n");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST_F(Services, LeaveNothingOfTheRunBefore) {
  MakeServices("again", {{"web",
                          "ps -o args | grep -c '^sleep 987653$'\n"
                          "sleep 987653 & exit 1"}});
  Process process(RunWords({}, {}, "again"));
  process.ReadUntil("web: 0\nweb: 0\nweb: 0\n");
  process.Signal(SIGTERM);
  EXPECT_THAT(process.Wait().text, Not(HasSubstr("web: 1")));
}

TEST_F(Services, LinesOfSeveralAreNeverMixed) {
  const std::string flood =
      "line=$(printf '%0200d' 0); i=0; while [ $i -lt 2000 ]; do echo $line; i=$((i+1)); done\n"
      "echo end; exec sleep 1000";
  MakeServices("flood", {{"a", flood}, {"b", flood}, {"c", flood}});
  Process process(RunWords({}, {}, "flood"));
  for (const char* end : {"a: end\n", "b: end\n", "c: end\n"}) {
    process.ReadUntil(end);
  }
  process.Signal(SIGTERM);
  std::istringstream lines(process.Wait().text);
  const std::string zeros(200, '0');
  int seen = 0;
  for (std::string line; std::getline(lines, line); ++seen) {
    EXPECT_THAT(line,
                AnyOf("a: " + zeros, "b: " + zeros, "c: " + zeros, "a: end", "b: end", "c: end"));
  }
  EXPECT_EQ(seen, 3 * 2001);
}

TEST_F(Services, OrphansAndStrangersAreReaped) {
  MakeServices("zombies", {{"web",
                            "i=0; while [ $i -lt 100 ]; do (setsid true & exit)\n"
                            "i=$((i+1)); done; echo ready; exec sleep 1000"}});
  // The supervisor also gets a child that it doesn't know.
  const Output output = Run({"--entrypoint", "sh"},
                            {"-c",
                             "sleep 0.1 & exec /sbin/runner-init -- sh -c "
                             "'while ps -o args | grep -q \"^sleep 0.1\"; do :; done\n"
                             "while ps -o stat | grep -q ^Z; do :; done; echo none'"},
                            "zombies");
  EXPECT_EQ(output.code, 0) << output.errors;
  EXPECT_THAT(output.text, HasSubstr("none\n"));
}

TEST_F(Services, AreNoneWithoutADirectoryAndThatIsSaid) {
  MakeServices("empty", {});
  Output output = Run({}, {}, "empty");
  EXPECT_EQ(output.code, 125);
  EXPECT_EQ(output.errors, "runner-init: no service in /etc/service, and no command\n");
  MakeServices("nowhere", {}, "rmdir etc/service");
  EXPECT_EQ(Run({}, {}, "nowhere").code, 125);
  EXPECT_EQ(Run({}, {"echo", "hello"}, "nowhere").text, "hello\n");
}

TEST_F(Services, AreRefusedWhenThereAreTooMany) {
  MakeServices("many", {}, "for i in $(seq 65); do mkdir etc/service/s$i; done");
  const Output output = Run({}, {}, "many");
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("/etc/service: more than 64 services"));
}

TEST_F(Services, HaveTheEnvironmentAndNoInput) {
  MakeServices("inputs", {{"web", "echo \"$A[$(cat)]\"; exec sleep 1000"}});
  Process process(RunWords({"-i", "-e", "A=value"}, {}, "inputs"),
                  runtime::base::OpenFile("/etc/hostname", O_RDONLY).get());
  process.ReadUntil("web: value[]\n");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST_F(Services, RunInAReadOnlyImage) {
  MakeServices("read-only", {{"web", "echo up; exec sleep 1000"}});
  Process process(RunWords({"--read-only", "-u", "1000"}, {}, "read-only"));
  process.ReadUntil("web: up\n");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST_F(Command, GivesItsExitCodeAndEndsTheServices) {
  MakeServices("beside", {{"web", kStays}});
  const Output output = Run(
      {}, {"sh", "-c", "until [ -e /tmp/ready-web ]; do :; done; echo command; exit 42"}, "beside");
  EXPECT_EQ(output.code, 42) << output.errors;
  EXPECT_THAT(output.text, AllOf(HasSubstr("command\n"), HasSubstr("web: gone\n")));
  EXPECT_EQ(Run({}, {"sh", "-c", "kill -SEGV $$"}, "beside").code, 128 + SIGSEGV);
}

TEST_F(Command, ThatIsMissingOrCannotBeRunIsTold) {
  MakeServices("missing", {});
  Output output = Run({}, {"no-such-program"}, "missing");
  EXPECT_EQ(output.code, 127);
  EXPECT_EQ(output.errors, "no-such-program: No such file or directory\n");
  EXPECT_EQ(Run({}, {"/etc/passwd"}, "missing").code, 126);
}

TEST_F(Command, HasTheInputAndTheEnvironment) {
  MakeServices("input", {{"web", "exec sleep 1000"}});
  Process process(RunWords({"-i", "-e", "A=value"}, {"sh", "-c", "cat; echo $A"}, "input"),
                  runtime::base::OpenFile("/etc/hostname", O_RDONLY).get());
  const Output output = process.Wait();
  EXPECT_THAT(output.text, HasSubstr(runtime::base::ReadFile("/etc/hostname") + "value\n"));
}

class CommandOnATerminal : public SuperviseTest, protected TerminalProcess {};

TEST_F(CommandOnATerminal, GetsItsKeysAndTheServicesDoNot) {
  MakeServices("terminal", {{"web", kStays}});
  Begin(RunWords({"-it"},
                 {"sh", "-c",
                  "trap 'echo interrupted; exit 6' INT; echo command\n"
                  "while :; do sleep 0.01; done"},
                 "terminal"));
  ReadUntil("command");
  ReadUntil("web: ready");
  Type("\x03");
  EXPECT_EQ(Wait(), 6);
  EXPECT_THAT(shown_, HasSubstr("interrupted\r\n"));
  EXPECT_THAT(shown_, testing::EndsWith("web: going\r\nweb: gone\r\n"));
}

TEST_F(CommandOnATerminal, ThatIsAShellHasJobControl) {
  MakeServices("jobs", {{"web", "exec sleep 1000"}});
  Begin(RunWords({"-it"}, {"sh", "-i"}, "jobs"));
  ReadUntil("#");
  Type("sh -c 'echo started; exec sleep 1000'\n");
  ReadUntil("\r\nstarted\r\n");
  Type("\x1a");
  ReadUntil("Stopped");
  Type("exit 3\nexit 3\n");  // The first time it says that there are stopped jobs.
  EXPECT_EQ(Wait(), 3);
  EXPECT_THAT(shown_, Not(HasSubstr("job control turned off")));
}

}  // namespace
}  // namespace tests
