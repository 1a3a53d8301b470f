// The server's own life: killed, stopped, started twice.
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <future>
#include <mutex>

#include "tests/integration/runner/serve_fixture.h"
#include "tests/support/scripted_server.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kSoon = 2'000;  // milliseconds

// What a step of a run asks for its end: the first `held` of them never hear of it.
class Gate {
 public:
  explicit Gate(int held)
      : held_(held), server_([this](const tests::ReceivedRequest&) { return Take(); }) {}

  std::string url() const { return server_.url("/"); }
  // Until so many have asked; false after 30 s.
  bool Await(int asked) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return asked_ >= asked; });
  }

 private:
  tests::ScriptedAnswer Take() {
    const std::lock_guard lock(mutex_);
    ++asked_;
    changed_.notify_all();
    tests::ScriptedAnswer answer = tests::Answer(200, "go on\n");
    if (asked_ <= held_) {
      answer = {"", "", true, false};
    }
    return answer;
  }

  const int held_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int asked_ = 0;
  tests::ScriptedServer server_;  // last: its threads use the others
};

class ServeLife : public ServeTest {
 protected:
  // The second step ends when the gate lets it.
  std::string PushGated(const Gate& gate) {
    return PushPipeline(R"(name: ci
steps:
  first: {image: busybox, run: echo one >one, network: none}
  second:
    image: busybox
    network: full
    run: |
      cat one
      wget -q -O- )" + gate.url() +
                        "\n");
  }

  bool AwaitPassed(const std::string& id) const {
    return serve::AwaitPage(address_, "/runs/" + id,
                            "<dt>Status</dt><dd><span class=\"status good\">passed</span>");
  }

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
  Gate gate(1);
  StartServer();
  const std::string id = PushGated(gate);
  ASSERT_TRUE(gate.Await(1));
  const Footprint first(server_->pid(), state_);
  EXPECT_GE(first.processes(), 3u);  // the server, its reaper, the step
  server_->Signal(SIGKILL);
  EXPECT_EQ(server_->Wait(), 128 + SIGKILL);
  EXPECT_THAT(first.AwaitGone(kSoon), IsEmpty());

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
  Gate gate(1);
  StartServer();
  const std::string id = PushGated(gate);
  ASSERT_TRUE(gate.Await(1));
  const Footprint running(server_->pid(), state_);
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_THAT(running.AwaitGone(kSoon), IsEmpty());
  EXPECT_THAT(StepLayers(), IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(state_.containers()));
  // The run was interrupted, not lost.
  StartServer();
  EXPECT_TRUE(AwaitPassed(id));
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
  Gate gate(1);
  StartServer();
  PushGated(gate);
  ASSERT_TRUE(gate.Await(1));
  ASSERT_EQ(asked.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  const Footprint running(server_->pid(), state_);
  const auto begin = std::chrono::steady_clock::now();
  server_->Signal(SIGTERM);

  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(2'500));
  EXPECT_THAT(running.AwaitGone(kSoon), IsEmpty());
  EXPECT_THAT(StepLayers(), IsEmpty());
}

TEST_F(ServeLife, ASecondServerOnTheStateDirectoryIsRefusedAndDisturbsNothing) {
  Gate gate(1);
  StartServer();
  const std::string id = PushGated(gate);
  ASSERT_TRUE(gate.Await(1));
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
