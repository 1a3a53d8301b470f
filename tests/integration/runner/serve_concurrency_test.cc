// `concurrency`: runs that end each other, and runs that wait for each other.
#include <nlohmann/json.hpp>

#include <csignal>
#include <thread>

#include "tests/integration/runner/serve_gate.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ServeConcurrency : public ServeGateTest {
 protected:
  nlohmann::json Record(const std::string& id) const {
    return nlohmann::json::parse(runtime::base::ReadFile(state_.runs() / id / "record.json"));
  }
  // A change of the file, so that there is something to push.
  std::string PushAgain(const std::string& top) { return PushGated(top + "# again\n"); }
};

TEST_F(ServeConcurrency, ANewerPushOfABranchEndsTheOlderRunAndSaysSoEverywhere) {
  StartServer();
  const std::string older = PushGated();
  ASSERT_TRUE(AwaitHeld(older));
  const std::string commit = head();
  OpenGate();
  const std::string newer = PushAgain("");
  ASSERT_TRUE(AwaitPassed(newer));
  const std::string reason = "cancelled by run " + newer + ", group \"ci of branch main\"";
  EXPECT_EQ(Record(older).at("outcome"), "cancelled");
  EXPECT_EQ(Record(older).at("reason"), reason);
  EXPECT_THAT(Page("/runs/" + older),
              HasSubstr("cancelled by run " + newer + ", group &quot;ci of branch main&quot;"));
  const auto statuses = github_.Await(5);  // pending; waits, cancelled; pending, passed
  EXPECT_THAT(statuses, testing::Contains("error runner/ci: cancelled: " + reason));
  EXPECT_THAT(statuses.back(), StartsWith("success runner/ci: passed in "));
}

TEST_F(ServeConcurrency, RunsOfTwoBranchesGoOnBesideEachOther) {
  StartServer();
  const std::string older = PushGated();
  ASSERT_TRUE(AwaitHeld(older));
  OpenGate();
  ASSERT_TRUE(AwaitPassed(PushPipeline(Gated("# topic\n"), "topic")));
  EXPECT_THAT(Page("/runs/" + older), HasSubstr("running"));
}

TEST_F(ServeConcurrency, AStepWaitsForThoseOfOtherRunsWhereItsLimitsDoNotFit) {
  StartServer();
  std::string file = Gated();
  const std::string limits =
      "    limits: {cpu: " + std::to_string(std::thread::hardware_concurrency()) + "}\n";
  file.replace(file.find("    secrets: [gate]\n"), 0, limits);
  const std::string older = PushPipeline(file);
  ASSERT_TRUE(AwaitHeld(older));
  OpenGate();
  const std::string newer = PushPipeline(file + "# topic\n", "topic");
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + newer + "/log/second",
                               "beside step &quot;second&quot; of run " + older));
  PushPipeline(std::string(kOneStep) + "# main\n");  // takes the older one's place
  EXPECT_TRUE(AwaitPassed(newer));
}

TEST_F(ServeConcurrency, ARunThatWaitsForItsGroupDoesSoAlsoAfterAKill) {
  StartServer();
  const std::string group = "concurrency: {group: \"deploy <b>${{ branch }}\"}\n";
  const std::string older = PushGated(group);
  ASSERT_TRUE(AwaitHeld(older));
  const std::string newer = PushAgain(group);
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + newer,
                               "waits for others of group &quot;deploy &lt;b&gt;main&quot;"));
  // The place that there is left is not taken.
  OpenGate();
  ASSERT_TRUE(AwaitPassed(PushPipeline(Gated("# topic\n"), "topic")));
  EXPECT_THAT(Page("/runs/" + newer), HasSubstr("queued"));

  server_->Signal(SIGKILL);
  EXPECT_EQ(server_->Wait(), 128 + SIGKILL);
  StartServer();
  ASSERT_TRUE(AwaitPassed(newer));
  ASSERT_TRUE(AwaitPassed(older));
  const nlohmann::json first = Record(older);
  const nlohmann::json second = Record(newer);
  EXPECT_GE(second.at("started_ms").get<int64_t>(),
            first.at("started_ms").get<int64_t>() + first.at("duration_ms").get<int64_t>());
}

TEST_F(ServeConcurrency, ARunThatWasEndedStaysSoAfterAKill) {
  StartServer();
  const std::string older = PushGated();
  ASSERT_TRUE(AwaitHeld(older));
  const std::string newer = PushAgain("");
  ASSERT_TRUE(AwaitHeld(newer));
  server_->Signal(SIGKILL);
  server_->Wait();
  OpenGate();
  StartServer();
  ASSERT_TRUE(AwaitPassed(newer));
  EXPECT_THAT(Page("/runs/" + older), HasSubstr("cancelled by run " + newer));
}

}  // namespace
}  // namespace runner
