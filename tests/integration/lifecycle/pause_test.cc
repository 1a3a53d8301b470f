// runner container pause, unpause, top and stats.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <chrono>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;
using testing::Not;

class LimitLifecyclePause : public LifecycleTest {
 protected:
  // Of the log, which a container that runs makes grow.
  static uint64_t Written(const std::string& id) {
    return std::filesystem::file_size(Kept(id) / "log");
  }
};
class LifecycleStats : public LifecycleTest {};

TEST_F(LimitLifecyclePause, StopsAndUnpauseGoesOn) {
  const std::string id =
      Start({"--name", "box"}, "(while :; do echo child; done) & while :; do echo parent; done");
  AwaitLog(id, "child");
  EXPECT_EQ(Ok({"pause", "box"}), "box");
  EXPECT_EQ(Status(id), "paused");
  EXPECT_THAT(Ok({"ps"}), HasSubstr("(Paused)"));
  // What was in the pipe is read by then; nothing new comes.
  uint64_t before = 0;
  EXPECT_TRUE(WaitUntil([&] { return std::exchange(before, Written(id)) == Written(id); },
                        std::chrono::seconds(10)));
  for (int i = 0; i < 20; ++i) {
    Ok({"ps"});
  }
  EXPECT_EQ(Written(id), before);
  EXPECT_EQ(Ok({"unpause", "box"}), "box");
  EXPECT_EQ(Status(id), "running");
  EXPECT_TRUE(WaitUntil([&] { return Written(id) != before; }, std::chrono::seconds(10)));
}

TEST_F(LimitLifecyclePause, HoldsAlsoWhatForksAllTheTime) {
  const std::string id = Start({"--name", "box"}, "echo ready; while :; do (:) & (:) & (:); done");
  AwaitLog(id, "ready");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Ok({"pause", "box"}), "box");
    EXPECT_EQ(Ok({"unpause", "box"}), "box");
  }
}

TEST_F(LimitLifecyclePause, IsRefusedTwiceAndOfWhatDoesNotRun) {
  Start({"--name", "box"}, "exec sleep 1000");
  Ok({"pause", "box"});
  EXPECT_THAT(Container({"pause", "box"}).errors, HasSubstr("paused already"));
  EXPECT_EQ(Container({"exec", "box", "true"}).code, 125);
  Ok({"stop", "-t", "0", "box"});
  EXPECT_THAT(Container({"pause", "box"}).errors, HasSubstr("isn't running"));
}

TEST_F(LimitLifecyclePause, DoesNotKeepAContainerFromEnding) {
  for (const Words& end : {Words{"stop", "box"}, Words{"kill", "box"}, Words{"rm", "-f", "box"}}) {
    Start({"--name", "box"}, "trap 'exit 0' TERM; while :; do sleep 0.1; done");
    Ok({"pause", "box"});
    Ok(end);
    Container({"wait", "box"});
    Container({"rm", "-f", "box"});
  }
}

TEST_F(LimitLifecyclePause, EndsWithAMonitorThatIsKilled) {
  const std::string id = Start({"--name", "box"}, "exec sleep 1000");
  Ok({"pause", "box"});
  KillHard(Monitor("box"));
  EXPECT_EQ(Ok({"wait", "box"}), "137");
  EXPECT_TRUE(WaitUntil(
      [&] {
        return !std::filesystem::exists("/sys/fs/cgroup/freezer/runner/" + id) &&
               !std::filesystem::exists("/sys/fs/cgroup/pids/runner/" + id);
      },
      std::chrono::seconds(10)));
}

TEST_F(LifecycleStats, TopShowsWhatRuns) {
  const std::string id = Start({"--name", "box"}, "sleep 777 & echo ready; exec sleep 1000");
  AwaitLog(id, "ready");
  const std::string text = Ok({"top", "box"});
  EXPECT_THAT(text, HasSubstr("sleep 777"));
  EXPECT_THAT(text, HasSubstr("sleep 1000"));
  EXPECT_THAT(text, HasSubstr(std::to_string(Init(id)) + " "));
  Ok({"stop", "-t", "0", "box"});
  EXPECT_NE(Container({"top", "box"}).code, 0);
}

TEST_F(LifecycleStats, TellWhatIsUsed) {
  const std::string id = Start({"--name", "box"},
                               "x=$(head -c 8000000 /dev/zero | tr '\\0' x); echo ready; "
                               "while :; do :; done");
  AwaitLog(id, "ready");
  const auto list = nlohmann::json::parse(Ok({"stats", "--no-stream", "--json"}));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("Name"), "box");
  EXPECT_GT(std::stod(list[0].at("CPUPerc").get<std::string>()), 1);
  EXPECT_THAT(list[0].at("MemUsage").get<std::string>(), HasSubstr("MiB"));
  EXPECT_GE(list[0].at("PIDs").get<int>(), 2);
  EXPECT_THAT(Ok({"stats", "--no-stream", "box"}), HasSubstr("MEM USAGE"));
}

}  // namespace
}  // namespace tests
