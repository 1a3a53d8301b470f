// runner container exec.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>

#include "runtime/base/files.h"
#include "tests/integration/container/terminal_process.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LifecycleExec : public LifecycleTest, protected TerminalProcess {
 protected:
  static Output Exec(const Words& options, const std::string& script) {
    Words words = {"exec"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"box", "sh", "-c", script});
    return Container(words);
  }
  static std::string Text(const Words& options, const std::string& script) {
    Output output = Exec(options, script);
    EXPECT_EQ(output.code, 0) << script << "\n" << output.text << output.errors;
    while (output.text.ends_with('\n')) {
      output.text.pop_back();
    }
    return output.text;
  }
  // Of the processes that `ps` shows inside.
  static bool Runs(const std::string& command) {
    return Text({}, "ps").find(" " + command) != std::string::npos;
  }
};
using LimitLifecycleExec = LifecycleExec;

TEST_F(LifecycleExec, PassesOutputAndExitCodeOn) {
  Start({"--name", "box"}, "exec sleep 1000");
  EXPECT_EQ(Exec({}, "echo out; echo err >&2; exit 7"), (Output{7, "out\n", "err\n"}));
  EXPECT_EQ(Exec({}, "kill -9 $$").code, 137);
}

TEST_F(LifecycleExec, TellsWhyAProgramCantBeRun) {
  Start({"--name", "box"}, "exec sleep 1000");
  const Output missing = Container({"exec", "box", "/no/such"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_THAT(missing.errors, HasSubstr("/no/such: not found in the image"));
  EXPECT_EQ(Container({"exec", "box", "/etc/passwd"}).code, 126);
}

TEST_F(LifecycleExec, NeedsAContainerThatRuns) {
  Shell({"--name", "box"}, "true");
  const Output output = Exec({}, "true");
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("isn't running"));
  EXPECT_EQ(Container({"exec", "nosuch", "true"}).code, 125);
  EXPECT_EQ(Container({"exec", "box"}).code, 125);
}

TEST_F(LifecycleExec, SeesTheContainersFilesProcessesAndName) {
  const std::string id = Start({"--name", "box", "--hostname", "inner"},
                               "echo x > /made; echo ready; exec sleep 1000");
  AwaitLog(id, "ready");
  EXPECT_EQ(Text({}, "cat /made; hostname"), "x\ninner");
  EXPECT_THAT(Text({}, "ps"), HasSubstr("sleep 1000"));
}

TEST_F(LifecycleExec, IsInTheContainersNamespacesAndCgroup) {
  const std::string look =
      "cd /proc/self/ns; for n in *; do readlink $n; done; cat /proc/self/cgroup";
  const std::string id = Start({"--name", "box"}, look + "; echo all-done; exec sleep 1000");
  EXPECT_EQ(AwaitLog(id, "all-done"), Text({}, look + "; echo all-done") + "\n");
}

TEST_F(LifecycleExec, IsBehindTheSameWalls) {
  const std::string look =
      "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)' /proc/self/status; ulimit -a; "
      "cat /proc/self/oom_score_adj; umask";
  const std::string id = Start({"--name", "box", "--cap-drop", "CHOWN", "--ulimit",
                                "nofile=123:456", "--oom-score-adj", "700"},
                               look + "; echo all-done; exec sleep 1000");
  EXPECT_EQ(AwaitLog(id, "all-done"), Text({}, look + "; echo all-done") + "\n");
}

TEST_F(LimitLifecycleExec, IsCountedInTheContainersLimits) {
  const std::string id = Start({"--name", "box", "--pids-limit", "20", "--memory", "32m"},
                               "echo ready; exec sleep 1000");
  AwaitLog(id, "ready");
  EXPECT_THAT(Exec({}, "for i in $(seq 40); do sleep 100 >/dev/null 2>&1 & done").errors,
              HasSubstr("can't fork"));
  Ok({"restart", "-t", "0", "box"});
  EXPECT_EQ(Exec({}, "exec tail -c 100m /dev/zero >/dev/null").code, 137);
}

TEST_F(LifecycleExec, HasTheContainersEnvironmentUserAndDirectoryUnlessToldOtherwise) {
  Start({"--name", "box", "-e", "A=1", "-e", "B=2", "-u", "1000:1000", "-w", "/tmp"},
        "exec sleep 1000");
  EXPECT_EQ(Text({}, "echo $A $B $(id -u) $(pwd)"), "1 2 1000 /tmp");
  EXPECT_EQ(Text({"-e", "B=3", "-e", "C=4 5", "-u", "0", "-w", "/etc"},
                 "echo $A $B $C $(id -u):$(id -g) $(pwd) $HOME"),
            "1 3 4 5 0:0 /etc /root");
  EXPECT_EQ(Text({"-u", "nobody"}, "id -un"), "nobody");
}

TEST_F(LifecycleExec, PassesInputOnToItsEnd) {
  Start({"--name", "box"}, "exec sleep 1000");
  base::Pipe pipe = base::MakePipe();
  Process process(Runner({"container", "exec", "-i", "box", "sh", "-c", "cat; echo done"}),
                  pipe.read.get());
  base::WriteAll(pipe.write.get(), "typed\n", "the pipe");
  process.ReadUntil("typed");
  pipe.write.Reset();
  EXPECT_EQ(process.Wait().text, "typed\ndone\n");
  EXPECT_EQ(Exec({}, "cat").text, "");
}

TEST_F(LifecycleExec, HasATerminalOfTheContainersWithTheUsersSize) {
  Start({"--name", "box"}, "exec sleep 1000");
  Begin(Runner({"container", "exec", "-it", "box", "sh", "-c",
                "tty; read go; stty size; echo got $go; exit 4"}));
  ReadUntil("/dev/pts/0");
  Type("word\n");
  EXPECT_EQ(TerminalProcess::Wait(), 4);
  EXPECT_THAT(shown_, HasSubstr("33 77"));
  EXPECT_THAT(shown_, HasSubstr("got word"));
}

TEST_F(LifecycleExec, DetachedOutlivesTheCommand) {
  Start({"--name", "box"}, "exec sleep 1000");
  const Output output = Container({"exec", "-d", "box", "sh", "-c", "echo lost; exec sleep 777"});
  EXPECT_EQ(output, (Output{0, "", ""}));
  EXPECT_TRUE(Runs("sleep 777"));
  EXPECT_EQ(Container({"exec", "-d", "box", "/no/such"}).code, 127);
}

TEST_F(LifecycleExec, EndsWithTheCommand) {
  Start({"--name", "box"}, "exec sleep 1000");
  Process process(Runner({"container", "exec", "box", "sh", "-c", "echo ready; exec sleep 777"}));
  process.ReadUntil("ready");
  process.Signal(SIGKILL);
  EXPECT_TRUE(WaitUntil([] { return !Runs("sleep 777"); }, std::chrono::seconds(10)));
  EXPECT_EQ(Status("box"), "running");
}

TEST_F(LifecycleExec, TakesTheSignalsOfTheCommand) {
  Start({"--name", "box"}, "exec sleep 1000");
  Process process(Runner({"container", "exec", "box", "sh", "-c",
                          "trap 'exit 9' USR1; echo ready; while :; do sleep 0.1; done"}));
  process.ReadUntil("ready");
  process.Signal(SIGUSR1);
  EXPECT_EQ(process.Wait().code, 9);
}

TEST_F(LifecycleExec, EndsWithTheContainer) {
  Start({"--name", "box"}, "exec sleep 1000");
  Process process(Runner({"container", "exec", "box", "sh", "-c",
                          "trap '' TERM; echo ready; while :; do sleep 0.1; done"}));
  process.ReadUntil("ready");
  Ok({"kill", "box"});
  EXPECT_EQ(process.Wait().code, 137);
}

// A process that joined from outside would have to be waited for by its parent, here one that
// stands still, before the container's PID 1 could end (pid_namespaces(7)).
TEST_F(LifecycleExec, HoldsUpNoEndOfTheContainerWhenTheCommandStandsStill) {
  Start({"--name", "box"}, "exec sleep 1000");
  Process process(Runner({"container", "exec", "box", "sh", "-c", "echo ready; exec sleep 777"}));
  process.ReadUntil("ready");
  process.Signal(SIGSTOP);
  EXPECT_EQ(Ok({"stop", "-t", "0", "box"}), "box");
  EXPECT_EQ(Status("box"), "exited");
}

TEST_F(LifecycleExec, LeavesNothingBehindInTheContainer) {
  Start({"--name", "box"}, "exec sleep 1000");
  for (int i = 0; i < 20; ++i) {
    Text({}, "true");
  }
  // PID 1, the container's program, this one's supervisor, ps and its heading.
  EXPECT_TRUE(WaitUntil(
      [] {
        const std::string lines = Container({"exec", "box", "ps"}).text;
        return std::count(lines.begin(), lines.end(), '\n') == 5;
      },
      std::chrono::seconds(10)));
}

TEST_F(LifecycleExec, LeavesNothingBehindInTheMonitor) {
  Start({"--name", "box"}, "exec sleep 1000");
  const pid_t monitor = Monitor("box");
  const auto count = [&](const char* what) {
    return std::distance(
        std::filesystem::directory_iterator("/proc/" + std::to_string(monitor) + "/" + what),
        std::filesystem::directory_iterator());
  };
  const std::string children =
      "/proc/" + std::to_string(monitor) + "/task/" + std::to_string(monitor) + "/children";
  const auto before = count("fd");
  const std::string family = base::ReadFile(children);
  for (int i = 0; i < 20; ++i) {
    Text({}, "true");
  }
  EXPECT_TRUE(WaitUntil([&] { return count("fd") == before && base::ReadFile(children) == family; },
                        std::chrono::seconds(10)));
}

}  // namespace
}  // namespace tests
