// runner container stop, kill, wait, rm, prune, rename, restart.
#include <gmock/gmock.h>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kIgnoresTerm[] = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
constexpr char kEndsOnTerm[] = "trap 'exit 3' TERM; echo ready; while :; do sleep 0.1; done";

class LifecycleEnd : public LifecycleTest {};
using LimitLifecycleEnd = LifecycleEnd;

TEST_F(LifecycleEnd, StopAsksFirst) {
  const std::string id = Start({"--name", "polite"}, kEndsOnTerm);
  AwaitLog(id, "ready");
  EXPECT_EQ(Ok({"stop", "polite"}), "polite");
  EXPECT_EQ(Inspect(id, "{{.State.Status}} {{.State.ExitCode}}"), "exited 3");
}

TEST_F(LifecycleEnd, StopSendsTheImagesSignal) {
  MakeImage("quits", "true", {"STOPSIGNAL SIGUSR2"});
  const Output started = RunToEnd(
      RunWords({"-d", "--name", "usr2"},
               {"sh", "-c",
                "trap 'exit 4' USR2; trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done"},
               "quits"));
  ASSERT_EQ(started.code, 0) << started.errors;
  AwaitLog("usr2", "ready");
  Ok({"stop", "usr2"});
  EXPECT_EQ(Inspect("usr2", "{{.State.ExitCode}}"), "4");
}

TEST_F(LifecycleEnd, StopKillsTheWholeTreeAfterTheGracePeriod) {
  const std::string id = Start(
      {}, std::string("(trap '' TERM HUP; sleep 1000) & setsid sleep 1000 & ") + kIgnoresTerm);
  AwaitLog(id, "ready");
  Ok({"stop", "-t", "0", id});
  EXPECT_EQ(Inspect(id, "{{.State.ExitCode}}"), "137");
  EXPECT_FALSE(std::filesystem::exists("/sys/fs/cgroup/pids/runner/" + id));
}

TEST_F(LifecycleEnd, StopOfWhatHasEndedIsFine) {
  Shell({"--name", "over"}, "exit 2");
  EXPECT_EQ(Ok({"stop", "over"}), "over");
  EXPECT_EQ(Inspect("over", "{{.State.ExitCode}}"), "2");
}

TEST_F(LifecycleEnd, KillSendsWhatIsAskedFor) {
  const std::string id =
      Start({}, "trap 'echo hup' HUP; trap 'exit 9' INT; echo ready; while :; do sleep 0.1; done");
  AwaitLog(id, "ready");
  Ok({"kill", "-s", "HUP", id});
  AwaitLog(id, "hup");
  Ok({"kill", "-s", "SIGINT", id});
  EXPECT_EQ(Ok({"wait", id}), "9");
}

TEST_F(LifecycleEnd, KillEndsAllByDefault) {
  const std::string id = Start({}, kIgnoresTerm);
  AwaitLog(id, "ready");
  Ok({"kill", id});
  EXPECT_EQ(Ok({"wait", id}), "137");
}

TEST_F(LifecycleEnd, KillRefusesWhatIsNoSignalAndWhatDoesNotRun) {
  Shell({"--name", "over"}, "true");
  EXPECT_EQ(Container({"kill", "-s", "NOPE", "over"}).code, 2);
  const Output output = Container({"kill", "over"});
  EXPECT_NE(output.code, 0);
  EXPECT_THAT(output.errors, HasSubstr("isn't running"));
}

TEST_F(LifecycleEnd, WaitAnswersForSeveralAndForWhatHasEnded) {
  Shell({"--name", "over"}, "exit 6");
  const std::string id = Start({}, kEndsOnTerm);
  AwaitLog(id, "ready");
  Process wait(Runner({"container", "wait", "over", id}));
  wait.ReadUntil("6\n");
  Ok({"stop", id});
  EXPECT_EQ(wait.Wait().text, "6\n3\n");
}

TEST_F(LifecycleEnd, RemovalOfWhatRunsNeedsForce) {
  const std::string id = Start({}, kIgnoresTerm);
  const Output refused = Container({"rm", id});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("--force"));
  EXPECT_EQ(Status(id), "running");
  EXPECT_EQ(Ok({"rm", "-f", id}), id);
  EXPECT_THAT(Ok({"ps", "-aq"}), IsEmpty());
}

TEST_F(LifecycleEnd, RemovalByForceOfWhatGoesWithItsEndIsFine) {
  const std::string id = Start({"--rm"}, kIgnoresTerm);
  EXPECT_EQ(Ok({"rm", "-f", id}), id);
  EXPECT_THAT(Ok({"ps", "-aq"}), IsEmpty());
}

TEST_F(LifecycleEnd, RemovalOfWhatIsNotThereIsAnErrorButWithForce) {
  EXPECT_NE(Container({"rm", "nosuch"}).code, 0);
  EXPECT_EQ(Container({"rm", "-f", "nosuch"}).code, 0);
}

TEST_F(LifecycleEnd, PruneRemovesWhatDoesNotRun) {
  Shell({"--name", "over"}, "true");
  Ok({"create", "--name", "never", "busybox", "true"});
  const std::string id = Start({}, "exec sleep 1000");
  EXPECT_EQ(Container({"prune"}).code, 2);
  Ok({"prune", "-f"});
  EXPECT_EQ(Ok({"ps", "-aq"}), id);
}

TEST_F(LifecycleEnd, RenamedContainersAreKnownByTheNewNameOnly) {
  const std::string id = Start({"--name", "before"}, "exec sleep 1000");
  Ok({"rename", "before", "after"});
  EXPECT_EQ(Inspect("after", "{{.Id}}"), id);
  EXPECT_NE(Container({"inspect", "before"}).code, 0);
  Start({"--name", "before"}, "exec sleep 1000");
  EXPECT_NE(Container({"rename", "before", "after"}).code, 0);
}

TEST_F(LifecycleEnd, RestartStopsAndStarts) {
  const std::string id = Start({}, "echo life; trap 'exit 0' TERM; while :; do sleep 0.1; done");
  AwaitLog(id, "life");
  const pid_t before = Init(id);
  Ok({"restart", "-t", "0", id});
  AwaitLog(id, "life\nlife");
  EXPECT_NE(Init(id), before);
}

TEST_F(LifecycleEnd, ATimeoutIsToldAsThat) {
  const Output output = Shell({"--name", "late", "--timeout", "100ms"}, "exec sleep 1000");
  EXPECT_EQ(output.code, 124);
  EXPECT_THAT(output.errors, HasSubstr("timed out"));
  EXPECT_THAT(Inspect("late", "{{.State.Error}}"), HasSubstr("timed out"));
}

TEST_F(LimitLifecycleEnd, OutOfMemoryIsToldAsThat) {
  const Output output =
      Shell({"--name", "hungry", "--memory", "16m"}, "exec tail -c 100m /dev/zero >/dev/null");
  EXPECT_EQ(output.code, 137);
  EXPECT_EQ(Inspect("hungry", "{{.State.OOMKilled}}"), "true");
}

}  // namespace
}  // namespace tests
