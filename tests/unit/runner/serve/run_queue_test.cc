#include "runner/serve/run_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "runtime/base/files.h"
#include "tests/unit/runner/serve/stored_run.h"

namespace runner::serve {
namespace {

using pipeline::Outcome;
using pipeline::RunSummary;

class Listener : public RunListener {
 public:
  void Planned(const StoredRun& run) override { planned.set_value(run); }
  void Finished(const StoredRun& run) override { finished.set_value(run); }
  std::promise<StoredRun> planned;
  std::promise<StoredRun> finished;
};

class RunQueueTest : public ::testing::Test {
 protected:
  RunQueueTest()
      : directory_("/tmp", "queue"), state_(directory_.path()), store_(OpenRunStore(state_)) {}
  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  std::unique_ptr<RunStore> store_;
  Listener listener_;
};

RunSummary Summary(Outcome outcome) {
  RunSummary summary;
  summary.pipeline = "ci";
  summary.outcome = outcome;
  summary.reason = "because";
  return summary;
}

TEST_F(RunQueueTest, RunsWhatComesWhileItWaits) {
  RunQueue queue(
      *store_,
      [](const std::string&, const auto&, pipeline::RunObserver& observer, const auto&) {
        pipeline::RunPlan plan;
        plan.name = "ci";
        observer.PlanMade(plan);
        return Summary(Outcome::kFailed);
      },
      listener_, 2);
  store_->Accept("d1", MakeRun("01"));
  queue.Wake();
  EXPECT_EQ(listener_.planned.get_future().get().pipeline, "ci");
  EXPECT_EQ(listener_.finished.get_future().get().outcome, Outcome::kFailed);
  EXPECT_EQ(store_->Find("01")->state, RunState::kFinished);
  EXPECT_EQ(store_->Find("01")->pipeline, "ci");
  EXPECT_EQ(store_->Find("01")->reason, "because");
}

TEST_F(RunQueueTest, RunsWhatWaitedBeforeItStarted) {
  store_->Accept("d1", MakeRun("01"));
  RunQueue queue(
      *store_, [](auto&&...) { return Summary(Outcome::kPassed); }, listener_, 1);
  EXPECT_EQ(listener_.finished.get_future().get().id, "01");
}

TEST_F(RunQueueTest, ARunThatThrowsIsErroredAndSaysWhy) {
  store_->Accept("d1", MakeRun("01"));
  RunQueue queue(
      *store_, [](auto&&...) -> RunSummary { throw std::runtime_error("no\x1b luck"); }, listener_,
      1);
  const StoredRun run = listener_.finished.get_future().get();
  EXPECT_EQ(run.outcome, Outcome::kErrored);
  EXPECT_EQ(run.reason.find('\x1b'), std::string::npos);
}

TEST_F(RunQueueTest, AStopEndsWhatRunsAndQueuesItAgain) {
  store_->Accept("d1", MakeRun("01"));
  std::promise<void> started;
  RunQueue queue(
      *store_,
      [&](const auto&, const auto&, auto&, std::stop_token stop) {
        std::promise<void> stopped;
        std::stop_callback on_stop(stop, [&] { stopped.set_value(); });
        started.set_value();
        stopped.get_future().wait();
        return Summary(Outcome::kCancelled);
      },
      listener_, 1);
  started.get_future().wait();
  queue.Stop();
  EXPECT_EQ(store_->Find("01")->state, RunState::kQueued);
  EXPECT_EQ(store_->Find("01")->attempts, 0);
}

TEST_F(RunQueueTest, SeveralWorkersRunEachRunOnce) {
  constexpr int kRuns = 50;
  for (int i = 0; i < kRuns; ++i) {
    store_->Accept("d" + std::to_string(i), MakeRun(std::to_string(100 + i)));
  }
  class Counter : public RunListener {
   public:
    void Planned(const StoredRun&) override {}
    void Finished(const StoredRun&) override {
      if (++count == kRuns) {
        all.set_value();
      }
    }
    std::atomic<int> count = 0;
    std::promise<void> all;
  } counter;
  std::atomic<int> started = 0;
  RunQueue queue(
      *store_,
      [&](auto&&...) {
        ++started;
        return Summary(Outcome::kPassed);
      },
      counter, 4);
  counter.all.get_future().wait();
  queue.Stop();
  EXPECT_EQ(started, kRuns);
}

}  // namespace
}  // namespace runner::serve
