// Ctrl-C while the runner itself works or waits, with no container under way: it reaches the work,
// ends it soon, and leaves nothing half-done.
#include <nlohmann/json.hpp>
#include <signal.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "tests/integration/runner/exec/exec_test.h"
#include "tests/support/run_traces.h"
#include "tests/support/scripted_server.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;

constexpr seconds kSoon{2};

// A registry that gives every request the same answer; one can wait for the first request.
class OneAnswer {
 public:
  explicit OneAnswer(ScriptedAnswer answer)
      : answer_(std::move(answer)), server_([this](const ReceivedRequest&) {
          const std::lock_guard lock(mutex_);
          asked_ = true;
          changed_.notify_all();
          return answer_;
        }) {}

  bool AwaitRequest() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(20), [this] { return asked_; });
  }
  std::string host() const { return server_.host(); }

 private:
  const ScriptedAnswer answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  tests::ScriptedServer server_;  // last: its threads use the others
};

// Takes the request and never says a word.
ScriptedAnswer Silence() { return {"", "", true, false}; }
// To be tried again after a wait that is still granted.
ScriptedAnswer Later() { return tests::Answer(503, "", "Retry-After: 25\r\n"); }

class ExecStop : public ExecTest {
 protected:
  ExecStop() : traces_(root()) {}

  // The four steps up to the push; the package is built and tested before.
  std::unique_ptr<tests::ChildProgram> StartPush(const std::string& registry) const {
    repository_.Write("suite.sh", SuiteScript(kPassingJunit));
    repository_.Write("message", "hello\n");
    Pipeline(FourSteps(registry));
    repository_.Commit("Begin");
    return StartExec();
  }

  // Sends Ctrl-C; the program ends soon, as interrupted, and nothing is left.
  void StopAndExpectNothing(tests::ChildProgram& runner) {
    const auto begin = steady_clock::now();
    runner.Signal(SIGINT);
    EXPECT_EQ(runner.Wait(), 130) << runner.out() << runner.err();
    EXPECT_LT(steady_clock::now() - begin, kSoon);
    EXPECT_THAT(traces_.Left(), IsEmpty());
    EXPECT_THAT(Leftovers(), IsEmpty());
    EXPECT_THAT(Names("refs"), ElementsAre("busybox%3Alatest"));
  }

  // The same for a run.
  void StopAndExpectCancelled(tests::ChildProgram& runner, const std::string& step) {
    StopAndExpectNothing(runner);
    EXPECT_EQ(Record().at("outcome"), "cancelled");
    EXPECT_EQ(Step(step).at("outcome"), "cancelled");
    EXPECT_EQ(Step(step).at("reason"), "the run was cancelled");
  }

  tests::RunTraces traces_;
};

TEST_F(ExecStop, EndsAPushToARegistryThatIsSilent) {
  OneAnswer registry(Silence());
  const auto runner = StartPush(registry.host());
  ASSERT_TRUE(registry.AwaitRequest());

  StopAndExpectCancelled(*runner, "push");
}

TEST_F(ExecStop, EndsTheWaitBeforeAnotherAttempt) {
  OneAnswer registry(Later());
  const auto runner = StartPush(registry.host());
  ASSERT_TRUE(registry.AwaitRequest());

  StopAndExpectCancelled(*runner, "push");
}

TEST_F(ExecStop, EndsThePullOfAStepsImage) {
  OneAnswer registry(Silence());
  Pipeline("steps: {use: {image: \"" + registry.host() + "/tool:1\", argv: [\"true\"]}}");
  const auto runner = StartExec();
  ASSERT_TRUE(registry.AwaitRequest());

  StopAndExpectCancelled(*runner, "use");
}

TEST_F(ExecStop, EndsAnImageBuildThatPacks) {
  // The hole costs no disk and takes seconds to pack.
  Pipeline(R"(steps:
  build:
    image: busybox
    network: none
    run: [mkdir out, head -c 100000000 /dev/urandom > out/big, truncate -s 12G out/hole]
  package: {image-build: {from: busybox, copy: {out/: /}}})");
  const auto runner = StartExec();
  runner->AwaitOutput("=== package started");
  const auto packs = [&] {
    for (const std::string& name : Names("tmp")) {
      if (name.starts_with("blob-")) {
        return true;
      }
    }
    return false;
  };
  ASSERT_TRUE(tests::WaitUntil(packs, seconds(20)));
  const std::vector<std::string> blobs = Names("blobs/sha256");

  StopAndExpectCancelled(*runner, "package");
  EXPECT_EQ(Names("blobs/sha256"), blobs);
}

TEST_F(ExecStop, EndsTheVerbThatPushes) {
  OneAnswer registry(Silence());
  tests::ChildProgram runner(Command({"image", "push", "busybox", registry.host() + "/busybox:1"}),
                             Environment());
  ASSERT_TRUE(registry.AwaitRequest());

  StopAndExpectNothing(runner);
  EXPECT_EQ(runner.out(), "");
  EXPECT_THAT(runner.err(), HasSubstr("cancelled\n"));
}

TEST_F(ExecStop, EndsTheVerbThatPulls) {
  OneAnswer registry(Silence());
  tests::ChildProgram runner(Command({"image", "pull", registry.host() + "/tool:1"}),
                             Environment());
  ASSERT_TRUE(registry.AwaitRequest());

  StopAndExpectNothing(runner);
  EXPECT_EQ(runner.out(), "");
  EXPECT_THAT(runner.err(), HasSubstr("cancelled\n"));
}

TEST_F(ExecStop, TwiceEndsTheRunnerAtOnce) {
  Pipeline(R"(steps:
  stubborn:
    image: busybox
    network: none
    argv: [sh, -c, "trap 'echo asked' TERM; echo ready; while true; do sleep 1000 & wait; done"])");
  const auto runner = StartExec();
  runner->AwaitOutput("[stubborn] ready");
  ASSERT_GT(traces_.Note(), 0u);
  runner->Signal(SIGINT);
  runner->AwaitOutput("[stubborn] asked");
  const auto begin = steady_clock::now();
  runner->Signal(SIGINT);

  EXPECT_EQ(runner->Wait(), 130);
  EXPECT_LT(steady_clock::now() - begin, kSoon);
  EXPECT_TRUE(tests::WaitUntil([&] { return traces_.Left().empty(); }, kSoon))
      << testing::PrintToString(traces_.Left());
}

}  // namespace
}  // namespace runner
