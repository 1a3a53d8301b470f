// `on: {schedule: ...}`: read from the default branch, and run on time.
#include <csignal>

#include "runner/serve/schedule_store.h"
#include "tests/integration/runner/serve_gate.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr char kScheduled[] = R"(name: nightly
on: {schedule: "30 3 * * *"}
steps:
  show: {image: busybox, network: none, run: 'echo "$RUNNER_EVENT $RUNNER_BRANCH $RUNNER_COMMIT"'}
)";

class ServeSchedule : public ServeGateTest {
 protected:
  // As if the schedules had been due while no server was there.
  void MakeDue() const {
    serve::ScheduleStore store(state_);
    for (const serve::StoredSchedule& schedule : store.All()) {
      store.SetDue(schedule, std::chrono::system_clock::now() - std::chrono::hours(1));
    }
  }
  std::vector<serve::StoredSchedule> Schedules() const {
    return serve::ScheduleStore(state_).All();
  }
  void StopServer() {
    server_->Signal(SIGTERM);
    EXPECT_EQ(server_->Wait(), 0);
  }
  // The newest run, once there is one more than `before`.
  std::string AwaitRun(size_t before) {
    while (CountRuns() <= before) {
      EXPECT_TRUE(serve::AwaitPage(address_, "/", "/runs/"));
    }
    const std::string page = Page("/");
    return page.substr(page.find("<a href=\"/runs/") + 15, 16);
  }
};

TEST_F(ServeSchedule, ARunOfTheDefaultBranchStartsOnTimeAndOnce) {
  StartServer();
  const std::string pushed = PushPipeline(kScheduled);
  server_->AwaitLine("pie/hubot: 1 schedule(s), next at ");
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + pushed, "skipped"));  // `on` has no push
  StopServer();
  MakeDue();
  StartServer();
  const std::string id = AwaitRun(1);
  ASSERT_TRUE(AwaitPassed(id));
  EXPECT_THAT(Page("/runs/" + id + "/log/show"), HasSubstr("schedule main " + head()));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("<dt>Schedule</dt><dd>30 3 * * *</dd>"));
  const auto statuses = github_.Await(2);
  EXPECT_THAT(statuses.back(), testing::StartsWith("success runner/nightly: passed in "));
  EXPECT_EQ(github_.calls().back().target, "/repos/pie/hubot/statuses/" + head());
  for (int i = 0; i < 2; ++i) {
    StopServer();
    StartServer();
    server_->AwaitLine("pie/hubot: 1 schedule(s), next at ");
  }
  EXPECT_EQ(CountRuns(), 2u);
}

TEST_F(ServeSchedule, AKillRightAfterTheTimeNeitherLosesTheRunNorStartsTwo) {
  StartServer();
  PushPipeline(Gated("on: {schedule: \"30 3 * * *\"}\n"));
  server_->AwaitLine("pie/hubot: 1 schedule(s), next at ");
  StopServer();
  MakeDue();
  StartServer();
  const std::string id = AwaitRun(1);
  ASSERT_TRUE(AwaitHeld(id));
  server_->Signal(SIGKILL);
  server_->Wait();
  OpenGate();
  StartServer();
  ASSERT_TRUE(AwaitPassed(id));
  EXPECT_EQ(CountRuns(), 2u);
}

TEST_F(ServeSchedule, IsReadAnewWithEachPushOfTheDefaultBranch) {
  StartServer();
  PushPipeline(kScheduled);
  server_->AwaitLine("pie/hubot: 1 schedule(s), next at ");
  std::string two = kScheduled;
  two.replace(two.find("\"30 3 * * *\""), 12, "[\"@daily\", \"@hourly\"]");
  PushPipeline(two);
  server_->AwaitLine("pie/hubot: 2 schedule(s), next at ");
  EXPECT_THAT(Schedules(), SizeIs(2));
  // Whoever may push a branch doesn't decide what runs at night.
  PushPipeline(std::string(kScheduled) + "# topic\n", "topic");
  server_->AwaitLine("pie/hubot: 2 schedule(s), next at ");
  EXPECT_THAT(Schedules(), SizeIs(2));
  std::string broken = kScheduled;
  broken.replace(broken.find("steps"), 5, "stepz");
  PushPipeline(broken);
  server_->AwaitLine("pie/hubot: its schedules: .runner.yml:");
  EXPECT_THAT(Schedules(), SizeIs(0));
}

TEST_F(ServeSchedule, IsReadWhenTheServerStarts) {
  work_.Write(".runner.yml", kScheduled);
  work_.Commit("Greet the world");
  Push("main");  // no server yet
  StartServer();
  server_->AwaitLine("pie/hubot: 1 schedule(s), next at ");
  EXPECT_EQ(CountRuns(), 0u);
}

TEST_F(ServeSchedule, OfARepositoryThatLeftTheConfigurationIsForgotten) {
  StartServer();
  PushPipeline(kScheduled);
  server_->AwaitLine("pie/hubot: 1 schedule(s), next at ");
  StopServer();
  MakeDue();
  const auto file = directory_.path() / "runner.yml";
  std::string config = runtime::base::ReadFile(file);
  config.replace(config.find("name: pie/hubot"), 15, "name: pie/other");
  runtime::base::WriteFileAtomically(file, config);
  StartServer();
  EXPECT_THAT(Schedules(), SizeIs(0));
  EXPECT_EQ(CountRuns(), 1u);
}

}  // namespace
}  // namespace runner
