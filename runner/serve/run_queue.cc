#include "runner/serve/run_queue.h"

#include <exception>
#include <optional>
#include <utility>

#include "runner/run_id.h"
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
    workers_.emplace_back([this](const std::stop_token& stop) { Work(&RunStore::TakeNext, stop); });
  }
  if (workers > 0) {
    workers_.emplace_back(
        [this](const std::stop_token& stop) { Work(&RunStore::TakeSuperseding, stop); });
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

void RunQueue::Work(Take take, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    std::optional<StoredRun> next;
    bool store_failed = false;
    try {
      next = (store_.*take)(std::chrono::system_clock::now());
      if (next) {
        RunOne(std::move(*next), take == &RunStore::TakeNext, stop);
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

void RunQueue::RunOne(StoredRun run, bool place, const std::stop_token& stop) {
  std::stop_source own;
  {
    const std::lock_guard lock(mutex_);
    running_[run.id].stop = own;
  }
  const std::stop_callback of_queue(stop, [&] { own.request_stop(); });
  PlanWatcher observer(store_, listener_, run);
  const RunOrder order = {run.id,
                          run.event,
                          run.file,
                          [&](const pipeline::NamedPipeline& first,
                              const std::vector<pipeline::NamedPipeline>& others) {
                            ShareOut(run, first, others, stop);
                          },
                          [&](const pipeline::RunPlan& plan) { return MayStart(run, place, plan); },
                          [&] { return ReasonToEnd(run.id); }};
  pipeline::RunSummary summary;
  try {
    summary = run_(order, observer, own.get_token());
  } catch (const std::exception& e) {
    summary.outcome = pipeline::Outcome::kErrored;
    summary.reason = runtime::base::ForMessage(e.what());
  }
  const std::string id = run.id;
  Conclude(std::move(run), summary, stop);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(id);
  }
  Wake();  // others of its group may wait for it
}

void RunQueue::Conclude(StoredRun run, const pipeline::RunSummary& summary,
                        const std::stop_token& stop) {
  const std::string reason = ReasonToEnd(run.id);
  const bool unfinished = summary.outcome == pipeline::Outcome::kCancelled ||
                          summary.outcome == pipeline::Outcome::kErrored;
  // Errored too: it may be the stop that made something fail.
  if (summary.waits || (stop.stop_requested() && unfinished && reason.empty())) {
    return Persist([&] { store_.Requeue(run.id); }, stop);
  }
  run.pipeline = summary.pipeline;
  run.outcome = summary.outcome;
  run.reason = summary.reason;
  if (unfinished && !reason.empty()) {
    run.outcome = pipeline::Outcome::kCancelled;
    run.reason = reason;
  }
  if (run.event.commit.empty()) {
    run.event.commit = summary.checkout.commit;  // of a schedule it is known only now
  }
  run.state = RunState::kFinished;
  run.finished = std::chrono::system_clock::now();
  Persist([&] { store_.Finish(run); }, stop);
  // A label on a pull request must not make its failed status a good one.
  if (!summary.triggered && run.event.kind == pipeline::EventKind::kPullRequest) {
    return Persist([&] { store_.SetReported(run.id); }, stop);
  }
  listener_.Finished(run);
}

// The others are as old as the run: of two pushes the older one's don't count as newer because its
// clone took longer.
void RunQueue::ShareOut(const StoredRun& run, const pipeline::NamedPipeline& own,
                        const std::vector<pipeline::NamedPipeline>& others,
                        const std::stop_token& stop) {
  std::vector<StoredRun> queued;
  for (const pipeline::NamedPipeline& other : others) {
    StoredRun& next = queued.emplace_back();
    next.id = NewRunId(run.queued);
    next.event = run.event;
    next.queued = run.queued;
    next.file = other.file;
    next.pipeline = other.name;
  }
  Persist([&] { store_.ShareOut(run.id, own, queued); }, stop);
  Wake();
}

bool RunQueue::MayStart(StoredRun run, bool place, const pipeline::RunPlan& plan) {
  const pipeline::ConcurrencyRule& rule = plan.concurrency;
  const Turn turn = store_.Admit(run.id, rule, place, std::chrono::system_clock::now());
  for (const StoredRun& other : turn.ending) {
    End(other.id, CancelledBy(run.id, rule.name));
  }
  for (const StoredRun& other : turn.ended) {
    listener_.Finished(other);
  }
  if (!turn.cancelled.empty()) {
    End(run.id, turn.cancelled);
  } else if (!turn.start) {
    store_.SetPipeline(run.id, plan.name);
    run.pipeline = plan.name;
    run.state = RunState::kQueued;
    listener_.Planned(run);
  }
  return turn.start;
}

void RunQueue::End(const std::string& id, const std::string& reason) {
  std::stop_source stop;
  {
    const std::lock_guard lock(mutex_);
    const auto run = running_.find(id);
    if (run == running_.end()) {
      return;  // it has ended meanwhile
    }
    if (run->second.reason.empty()) {
      run->second.reason = reason;
    }
    stop = run->second.stop;
  }
  stop.request_stop();
}

std::string RunQueue::ReasonToEnd(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return running_.at(id).reason;
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
