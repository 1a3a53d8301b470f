// The server's own life: killed, stopped, started twice.
#include <csignal>
#include <filesystem>
#include <future>

#include "tests/integration/runner/serve_gate.h"
#include "tests/support/scripted_server.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kSoon = 2'000;  // milliseconds

class ServeLife : public ServeGateTest {
 protected:
  std::vector<std::string> StepLayers() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(state_.layers())) {
      if (entry.path().filename().native().starts_with("step-")) {
        found.push_back(entry.path().filename());
      }
    }
    return found;
  }
};

TEST_F(ServeLife, AfterAKillNothingIsLeftAndTheRestartEndsTheRun) {
  StartServer();
  const std::string id = PushGated();
  ASSERT_TRUE(AwaitHeld(id));
  const Footprint first(server_->pid(), state_);
  EXPECT_GE(first.processes(), 3u);  // the server, its reaper, the step
  server_->Signal(SIGKILL);
  EXPECT_EQ(server_->Wait(), 128 + SIGKILL);
  EXPECT_THAT(first.AwaitGone(kSoon), IsEmpty());

  OpenGate();
  StartServer();
  ASSERT_TRUE(AwaitPassed(id));
  EXPECT_THAT(Page("/runs/" + id + "/log/second"), HasSubstr("go on"));
  const auto statuses = github_.Await(3);  // pending in both lives
  ASSERT_EQ(statuses.size(), 3u);
  EXPECT_THAT(statuses[2], testing::StartsWith("success runner/ci: "));
  EXPECT_EQ(CountRuns(), 1u);
  EXPECT_THAT(StepLayers(), IsEmpty());
  // The reaper removes the directories behind the run's back.
  EXPECT_TRUE(tests::WaitUntil([&] { return std::filesystem::is_empty(state_.containers()); },
                               std::chrono::milliseconds(kSoon)));
}

TEST_F(ServeLife, SigtermEndsTheServerAndLeavesNothing) {
  StartServer();
  const std::string id = PushGated();
  ASSERT_TRUE(AwaitHeld(id));
  const Footprint running(server_->pid(), state_);
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_THAT(running.AwaitGone(kSoon), IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(state_.containers()));
  // The run was interrupted, not lost.
  OpenGate();
  StartServer();
  EXPECT_TRUE(AwaitPassed(id));
  EXPECT_TRUE(
      tests::WaitUntil([&] { return StepLayers().empty(); }, std::chrono::milliseconds(kSoon)));
}

TEST_F(ServeLife, SigtermDoesNotWaitForAGithubThatIsSilent) {
  std::promise<void> asked;
  bool first = true;
  const tests::ScriptedServer silent([&](const tests::ReceivedRequest&) {
    if (std::exchange(first, false)) {
      asked.set_value();
    }
    return tests::ScriptedAnswer{"", "", true, false};
  });
  const auto file = directory_.path() / "runner.yml";
  std::string config = runtime::base::ReadFile(file);
  config.replace(config.find(github_.url()), github_.url().size(), silent.url(""));
  runtime::base::WriteFileAtomically(file, config);
  StartServer();
  const std::string id = PushGated();
  ASSERT_TRUE(AwaitHeld(id));
  ASSERT_EQ(asked.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  const Footprint running(server_->pid(), state_);
  const auto begin = std::chrono::steady_clock::now();
  server_->Signal(SIGTERM);

  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(2'500));
  EXPECT_THAT(running.AwaitGone(kSoon), IsEmpty());
}

TEST_F(ServeLife, ASecondServerOnTheStateDirectoryIsRefusedAndDisturbsNothing) {
  StartServer();
  const std::string id = PushGated();
  ASSERT_TRUE(AwaitHeld(id));
  const Footprint first(server_->pid(), state_);
  const auto layers = StepLayers();
  EXPECT_EQ(layers.size(), 1u);
  for (int i = 0; i < 5; ++i) {
    ServeProcess second(directory_.path() / "runner.yml");
    EXPECT_THAT(second.AwaitLine("another server uses the state directory"),
                HasSubstr(state_.root().native()));
    EXPECT_EQ(second.Wait(), 3);
  }
  EXPECT_EQ(StepLayers(), layers);
  EXPECT_FALSE(std::filesystem::is_empty(state_.containers()));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("running"));
  EXPECT_THAT(first.AwaitGone(0), testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace runner
