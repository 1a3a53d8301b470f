#include "runner/serve/run_queue.h"

#include <exception>
#include <optional>

#include "runtime/base/terminal_text.h"

namespace runner::serve {
namespace {

// After a failure of the store itself (a full disk, a locked file).
constexpr std::chrono::seconds kStoreRetry{1};

// Puts the pipeline's name into the store as soon as it is known: what is told after a crash needs
// it.
class NameKeeper : public pipeline::RunObserver {
 public:
  NameKeeper(RunStore& store, std::string id) : store_(store), id_(std::move(id)) {}

  void PlanMade(const pipeline::RunPlan& plan) override {
    try {
      store_.SetPipeline(id_, plan.name);
    } catch (const std::exception&) {
      // An observer doesn't throw; Finish will say that the store fails.
    }
  }

 private:
  RunStore& store_;
  std::string id_;
};

}  // namespace

RunQueue::RunQueue(RunStore& store, RunFunction run, Finished finished, int workers)
    : store_(store), run_(std::move(run)), finished_(std::move(finished)) {
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
  NameKeeper observer(store_, run.id);
  try {
    const pipeline::RunSummary summary = run_(run.id, run.event, observer, stop);
    run.pipeline = summary.pipeline;
    run.outcome = summary.outcome;
    run.reason = summary.reason;
  } catch (const std::exception& e) {
    run.outcome = pipeline::Outcome::kErrored;
    run.reason = runtime::base::ForMessage(e.what());
  }
  const bool passed_anyway = pipeline::IsSuccess(run.outcome);
  if (stop.stop_requested() && !passed_anyway) {
    store_.Requeue(run.id);
    return;
  }
  run.state = RunState::kFinished;
  run.finished = std::chrono::system_clock::now();
  store_.Finish(run.id, run.outcome, run.reason, run.finished);
  finished_(run);
}

}  // namespace runner::serve
