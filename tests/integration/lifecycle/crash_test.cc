// Kept containers when processes of ours are killed, and two commands at once.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include "runtime/base/files.h"
#include "runtime/container/container_directory.h"
#include "runtime/lifecycle/store.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

bool IsGone(pid_t process) { return ::kill(process, 0) != 0; }

bool HasCgroup(const std::string& id) {
  const char* const controllers[] = {"", "pids", "memory", "cpu"};
  return std::any_of(std::begin(controllers), std::end(controllers), [&](const char* controller) {
    return fs::exists(fs::path("/sys/fs/cgroup") / controller / "runner" / id);
  });
}

class LifecycleCrash : public LifecycleTest {};
using LibraryLifecycleCrash = LifecycleCrash;
using LimitLifecycleCrash = LifecycleCrash;

TEST_F(LifecycleCrash, OfTheMonitorEndsTheContainerAndIsTold) {
  const std::string id = Start({}, "echo kept > /file; echo ready; exec sleep 1000");
  AwaitLog(id, "ready");
  const pid_t init = Init(id);
  KillHard(Monitor(id));
  EXPECT_TRUE(WaitUntil([&] { return IsGone(init) && !HasCgroup(id); }, std::chrono::seconds(10)));
  EXPECT_EQ(Inspect(id, "{{.State.Status}} {{.State.ExitCode}}"), "exited 137");
  EXPECT_THAT(Inspect(id, "{{.State.Error}}"), HasSubstr("monitor was killed"));
  EXPECT_EQ(Container({"logs", id}).text, "ready\n");
  EXPECT_EQ(Ok({"start", id}), id);
  EXPECT_EQ(Status(id), "running");
}

TEST_F(LifecycleCrash, OfTheMonitorRemovesWhatWasToBeRemoved) {
  const std::string id = Start({"--rm"}, "exec sleep 1000");
  KillHard(Monitor(id));
  EXPECT_TRUE(WaitUntil([&] { return Ok({"ps", "-aq"}).empty(); }, std::chrono::seconds(10)));
  EXPECT_FALSE(fs::exists(Kept(id)));
}

TEST_F(LimitLifecycleCrash, OfMonitorAndReaperIsSettledByTheNextCommand) {
  const std::string id = Start({"--cpus", "1"}, "exec sleep 1000");
  const pid_t monitor = Monitor(id);
  KillHard(ReaperOf(monitor));
  KillHard(monitor);
  EXPECT_TRUE(HasCgroup(id));
  EXPECT_EQ(Ok({"wait", id}), "137");
  EXPECT_EQ(Status(id), "exited");
  EXPECT_FALSE(HasCgroup(id));
  EXPECT_EQ(Ok({"start", id}), id);
}

TEST_F(LibraryLifecycleCrash, OfTheMonitorIsSettledByASweepThatTouchesNothingElse) {
  const std::string dead = Start({}, "exec sleep 1000");
  const std::string running = Start({}, "exec sleep 1000");
  const std::string created = Ok({"create", "busybox", "true"});
  KillHard(Monitor(dead));
  const base::StateDir directory(state());
  runtime::container::SweepLeftovers(directory, runtime::container::CgroupHierarchy::Detect());
  runtime::lifecycle::Store(directory).Sweep();
  EXPECT_THAT(base::ReadFile(Kept(dead) / "state.json"), HasSubstr("\"exited\""));
  EXPECT_EQ(Status(running), "running");
  EXPECT_EQ(Status(created), "created");
}

TEST_F(LifecycleCrash, OfTheCommandLeavesTheContainerRunning) {
  Process process(RunWords({"--name", "stays"}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  process.ReadUntil("ready");
  process.Signal(SIGKILL);
  process.Wait();
  EXPECT_EQ(Status("stays"), "running");
}

TEST_F(LifecycleCrash, OfTheMonitorIsToldToWhoWaits) {
  const std::string id = Start({}, "exec sleep 1000");
  Process wait(Runner({"container", "wait", id}));
  Process attached(RunWords({"--name", "fore"}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  attached.ReadUntil("ready");
  KillHard(Monitor(id));
  EXPECT_EQ(wait.Wait().text, "137\n");
  KillHard(Monitor("fore"));
  const Output output = attached.Wait();
  EXPECT_EQ(output.code, 137);
  EXPECT_THAT(output.errors, HasSubstr("monitor was killed"));
}

TEST_F(LifecycleCrash, OfAHostThatShutsDownIsAStop) {
  const std::string id = Start({}, "trap 'exit 3' TERM; echo ready; while :; do sleep 0.1; done");
  AwaitLog(id, "ready");
  ::kill(Monitor(id), SIGTERM);
  EXPECT_EQ(Ok({"wait", id}), "3");
}

TEST_F(LifecycleCrash, ADamagedRecordIsNamedAndCanBeRemoved) {
  const std::string id = Ok({"create", "busybox", "true"});
  base::WriteFileAtomically(Kept(id) / "container.json", "{");
  const Output output = Container({"ps", "-a"});
  EXPECT_NE(output.code, 0);
  EXPECT_THAT(output.errors, HasSubstr(id));
  Ok({"rm", id});
}

// The lock on names, not luck, makes them unique.
TEST_F(LifecycleCrash, ManyCommandsAtOnceGetOneContainerOfAName) {
  std::vector<std::unique_ptr<Process>> commands;
  for (int i = 0; i < 8; ++i) {
    commands.push_back(
        std::make_unique<Process>(RunWords({"-d", "--name", "single"}, {"sleep", "1000"})));
  }
  int made = 0;
  for (const auto& command : commands) {
    made += command->Wait().code == 0 ? 1 : 0;
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(Ok({"ps", "-aq"}).size(), 12u);
}

TEST_F(LifecycleCrash, ManyStartsAtOnceMakeOneLife) {
  const std::string id = Ok({"create", "busybox", "sh", "-c", "echo life; exec sleep 1000"});
  std::vector<std::unique_ptr<Process>> commands;
  for (int i = 0; i < 8; ++i) {
    commands.push_back(std::make_unique<Process>(Runner({"container", "start", id})));
  }
  for (const auto& command : commands) {
    EXPECT_EQ(command->Wait().code, 0);
  }
  Ok({"stop", "-t", "0", id});
  EXPECT_EQ(Ok({"logs", id}), "life");
}

TEST_F(LifecycleCrash, StopsStartsAndRemovalsAtOnceLeaveATrueState) {
  const std::string id = Start({}, "exec sleep 1000");
  for (int round = 0; round < 5; ++round) {
    Process stop(Runner({"container", "stop", "-t", "0", id}));
    Process start(Runner({"container", "start", id}));
    Process list(Runner({"container", "ps", "-a"}));
    EXPECT_EQ(stop.Wait().code, 0);
    EXPECT_EQ(start.Wait().code, 0);
    EXPECT_EQ(list.Wait().code, 0);
  }
  Process first(Runner({"container", "rm", "-f", id}));
  Process second(Runner({"container", "rm", "-f", id}));
  first.Wait();
  second.Wait();
  EXPECT_THAT(Ok({"ps", "-aq"}), IsEmpty());
  EXPECT_FALSE(HasCgroup(id));
}

}  // namespace
}  // namespace tests
