#include "runner/serve/run_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "runner/run_id.h"
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
  class : public RunListener {
    void Planned(const StoredRun&) override {}
    void Finished(const StoredRun&) override {}
  } ignored_;
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
      [](const RunOrder&, pipeline::RunObserver& observer, const auto&) {
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

TEST_F(RunQueueTest, RunsThePipelinesThatARunSharesOutEachOnce) {
  StoredRun accepted = MakeRun("x");
  accepted.id = NewRunId(accepted.queued);
  store_->Accept("d1", accepted);
  std::mutex mutex;
  std::vector<std::string> files;
  std::promise<void> all;
  RunQueue queue(
      *store_,
      [&](const RunOrder& order, auto&, const auto&) {
        if (order.file.empty()) {
          order.share_out({"a.yml", "a"}, {{"b.yml", "b"}, {"c.yml", "c"}});
        }
        RunSummary summary = Summary(Outcome::kPassed);
        const std::lock_guard lock(mutex);
        files.push_back(order.file);
        if (files.size() == 3) {
          all.set_value();
        }
        return summary;
      },
      ignored_, 2);
  all.get_future().wait();
  queue.Stop();
  EXPECT_THAT(files, testing::UnorderedElementsAre("", "b.yml", "c.yml"));
  for (const StoredRun& run : store_->Recent("", 10)) {
    EXPECT_EQ(run.queued, accepted.queued);
    EXPECT_EQ(run.id.substr(0, 10), accepted.id.substr(0, 10)) << "of two pushes the older first";
  }
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
      [&](const auto&, auto&, std::stop_token stop) {
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

// Runs that all belong to one group, and end when they are told to or may.
class GroupedRuns : public RunListener {
 public:
  explicit GroupedRuns(bool cancel_superseded) : cancel_superseded_(cancel_superseded) {}

  RunSummary Run(const RunOrder& order, const std::stop_token& stop) {
    pipeline::RunPlan plan;
    plan.name = "ci";
    plan.concurrency = {"pie/hubot:g", cancel_superseded_, 1, "g"};
    RunSummary summary = Summary(Outcome::kPassed);
    if (!order.may_start(plan)) {
      summary = Summary(Outcome::kCancelled);
      summary.waits = !stop.stop_requested();
      summary.reason = order.stop_reason();
      return summary;
    }
    std::unique_lock lock(mutex_);
    begun_.push_back(order.run_id);
    changed_.notify_all();
    changed_.wait(lock, stop, [&] { return released_; });
    if (stop.stop_requested()) {
      summary = Summary(Outcome::kCancelled);
      summary.reason = order.stop_reason();
    }
    return summary;
  }
  void Planned(const StoredRun& run) override {
    Add(waiting_, run.state == RunState::kQueued ? run.id : "");
  }
  void Finished(const StoredRun& run) override {
    Add(finished_, run.id + " " + std::string(ToString(run.outcome)) + " " + run.reason);
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  std::vector<std::string> AwaitBegun(size_t count) { return Await(begun_, count); }
  std::vector<std::string> AwaitWaiting(size_t count) { return Await(waiting_, count); }
  std::vector<std::string> AwaitFinished(size_t count) { return Await(finished_, count); }

 private:
  void Add(std::vector<std::string>& list, std::string text) {
    const std::lock_guard lock(mutex_);
    list.push_back(std::move(text));
    changed_.notify_all();
  }
  std::vector<std::string> Await(const std::vector<std::string>& list, size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return list.size() >= count; });
    return list;
  }

  const bool cancel_superseded_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool released_ = false;
  std::vector<std::string> begun_;
  std::vector<std::string> waiting_;
  std::vector<std::string> finished_;
};

using Texts = std::vector<std::string>;

TEST_F(RunQueueTest, ARunThatWaitsForItsGroupTakesNoPlaceAndGoesOnLater) {
  GroupedRuns runs(false);
  RunQueue queue(
      *store_, [&](const auto& order, auto&, auto stop) { return runs.Run(order, stop); }, runs, 2);
  const auto accept = [&](const char* id) {
    store_->Accept(id, MakeRun(id));
    queue.Wake();
  };
  accept("01");
  runs.AwaitBegun(1);
  accept("02");
  EXPECT_EQ(runs.AwaitWaiting(1), (Texts{"02"}));
  accept("03");
  EXPECT_EQ(runs.AwaitWaiting(2), (Texts{"02", "03"}));
  runs.Release();
  EXPECT_EQ(runs.AwaitFinished(3),
            (Texts{"01 passed because", "02 passed because", "03 passed because"}));
  EXPECT_EQ(store_->Find("03")->pipeline, "ci");
}

class GroupedRunQueueTest : public RunQueueTest {
 protected:
  void ExpectTheNewerEndsTheOlder(RunQueue& queue, GroupedRuns& runs) {
    store_->Accept("01", MakeRun("01"));
    queue.Wake();
    runs.AwaitBegun(1);
    store_->Accept("02", MakeRun("02"));
    queue.Wake();
    EXPECT_EQ(runs.AwaitFinished(1), Texts{"01 cancelled cancelled by run 02, group \"g\""});
  }
};

TEST_F(GroupedRunQueueTest, ANewerRunEndsTheOneOfItsGroupThatRuns) {
  GroupedRuns runs(true);
  RunQueue queue(
      *store_, [&](const auto& order, auto&, auto stop) { return runs.Run(order, stop); }, runs, 2);
  ExpectTheNewerEndsTheOlder(queue, runs);
  EXPECT_EQ(runs.AwaitBegun(2), (Texts{"01", "02"}));
  runs.Release();
  EXPECT_EQ(runs.AwaitFinished(2).back(), "02 passed because");
}

TEST_F(GroupedRunQueueTest, ANewerRunEndsTheOlderOneThoughThereIsNoOtherPlace) {
  GroupedRuns runs(true);
  RunQueue queue(
      *store_, [&](const auto& order, auto&, auto stop) { return runs.Run(order, stop); }, runs, 1);
  ExpectTheNewerEndsTheOlder(queue, runs);
  EXPECT_EQ(runs.AwaitBegun(2).back(), "02");
  runs.Release();
  EXPECT_EQ(runs.AwaitFinished(2).back(), "02 passed because");
}

TEST_F(RunQueueTest, AStopOfTheServerDoesNotBringBackARunThatWasCancelled) {
  std::promise<void> both;
  GroupedRuns runs(true);
  std::optional<RunQueue> queue;
  queue.emplace(
      *store_,
      [&](const RunOrder& order, auto&, std::stop_token stop) {
        if (order.run_id == "01") {
          RunSummary summary = runs.Run(order, stop);
          both.get_future().wait();  // ends slowly
          return summary;
        }
        return runs.Run(order, stop);
      },
      runs, 2);
  store_->Accept("01", MakeRun("01"));
  queue->Wake();
  runs.AwaitBegun(1);
  store_->Accept("02", MakeRun("02"));
  queue->Wake();
  EXPECT_EQ(runs.AwaitWaiting(1), Texts{"02"});
  std::thread stopping([&] { queue->Stop(); });
  both.set_value();
  stopping.join();
  EXPECT_EQ(store_->Find("01")->outcome, Outcome::kCancelled);
  EXPECT_EQ(store_->Find("01")->state, RunState::kFinished);
  EXPECT_NE(store_->Find("02")->state, RunState::kFinished);
}

TEST_F(RunQueueTest, APullRequestThatStartsNothingIsNotTold) {
  StoredRun run = MakeRun("01");
  run.event.kind = pipeline::EventKind::kPullRequest;
  store_->Accept("d1", run);
  store_->Accept("d2", MakeRun("02"));
  RunQueue queue(
      *store_,
      [](const RunOrder&, auto&, const auto&) {
        RunSummary summary = Summary(Outcome::kSkipped);
        summary.triggered = false;
        return summary;
      },
      listener_, 1);
  EXPECT_EQ(listener_.finished.get_future().get().id, "02");
  EXPECT_EQ(store_->Find("01")->state, RunState::kFinished);
  EXPECT_EQ(store_->Unreported(Time()).size(), 1u);
}

}  // namespace
}  // namespace runner::serve
