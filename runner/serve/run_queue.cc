#include "runner/serve/run_queue.h"

#include <exception>
#include <optional>
#include <utility>

#include "runtime/base/terminal_text.h"

namespace runner::serve {
namespace {

// After a failure of the store itself (a full disk, a locked file).
constexpr std::chrono::seconds kStoreRetry{1};

// Puts the pipeline's name into the store as soon as it is known: what is told after a crash needs
// it.
class PlanWatcher : public pipeline::RunObserver {
 public:
  PlanWatcher(RunStore& store, RunListener& listener, StoredRun run)
      : store_(store), listener_(listener), run_(std::move(run)) {}

  void PlanMade(const pipeline::RunPlan& plan) override {
    run_.pipeline = plan.name;
    try {
      store_.SetPipeline(run_.id, plan.name);
    } catch (const std::exception&) {
      // An observer doesn't throw, and the end of the run is stored with the name again.
    }
    listener_.Planned(run_);
  }

 private:
  RunStore& store_;
  RunListener& listener_;
  StoredRun run_;
};

}  // namespace

RunQueue::RunQueue(RunStore& store, RunFunction run, RunListener& listener, int workers)
    : store_(store), run_(std::move(run)), listener_(listener) {
  for (int i = 0; i < workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  }
}

RunQueue::~RunQueue() { Stop(); }

void RunQueue::Wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  woken_.notify_all();
}

void RunQueue::Stop() {
  for (std::jthread& worker : workers_) {
    worker.request_stop();
  }
  workers_.clear();
}

void RunQueue::Work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    std::optional<StoredRun> next;
    bool store_failed = false;
    try {
      next = store_.TakeNext(std::chrono::system_clock::now());
      if (next) {
        RunOne(std::move(*next), stop);
        continue;
      }
    } catch (const std::exception&) {
      store_failed = true;
    }
    std::unique_lock lock(mutex_);
    if (store_failed) {
      woken_.wait_for(lock, stop, kStoreRetry, [] { return false; });
    } else {
      woken_.wait(lock, stop, [&] { return wakes_ != seen; });
    }
  }
}

void RunQueue::RunOne(StoredRun run, const std::stop_token& stop) {
  PlanWatcher observer(store_, listener_, run);
  try {
    const pipeline::RunSummary summary = run_(run.id, run.event, observer, stop);
    run.pipeline = summary.pipeline;
    run.outcome = summary.outcome;
    run.reason = summary.reason;
  } catch (const std::exception& e) {
    run.outcome = pipeline::Outcome::kErrored;
    run.reason = runtime::base::ForMessage(e.what());
  }
  // Errored too: it may be the stop that made something fail.
  if (stop.stop_requested() && (run.outcome == pipeline::Outcome::kCancelled ||
                                run.outcome == pipeline::Outcome::kErrored)) {
    store_.Requeue(run.id);
    return;
  }
  run.state = RunState::kFinished;
  run.finished = std::chrono::system_clock::now();
  Persist([&] { store_.Finish(run); }, stop);
  listener_.Finished(run);
}

void RunQueue::Persist(const std::function<void()>& change, const std::stop_token& stop) {
  while (true) {
    try {
      return change();
    } catch (const std::exception&) {
      if (stop.stop_requested()) {
        throw;
      }
    }
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, kStoreRetry, [] { return false; });
  }
}

}  // namespace runner::serve
