// RunQueue: takes accepted runs off the store, and has them run. Whose group has no room
// (`concurrency`) goes back to the store, and takes no place meanwhile.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/run_observer.h"
#include "runner/serve/run_store.h"

namespace runner::serve {

struct RunOrder {
  std::string run_id;
  pipeline::TriggerEvent event;
  std::string file;  // empty: the repository's, and if it has several, share_out is asked
  // As of pipeline::RunOptions; for as long as the call lasts.
  std::function<void(const pipeline::NamedPipeline&, const std::vector<pipeline::NamedPipeline>&)>
      share_out;
  std::function<bool(const pipeline::RunPlan&)> may_start;
  std::function<std::string()> stop_reason;
};

// Runs one pipeline: the very call that `runner exec` makes. Called from several threads. When
// `stop` is requested it ends the run soon, as cancelled. What it throws finishes the run as
// errored.
using RunFunction = std::function<pipeline::RunSummary(
    const RunOrder& order, pipeline::RunObserver& observer, std::stop_token stop)>;

// Told how runs go on, from the workers' threads, after the store knows. Quick, never throws. A run
// whose place another one took before it began is told as finished, and never as planned.
class RunListener {
 public:
  virtual ~RunListener() = default;
  // Its pipeline's name is known now. It runs, or (kQueued) waits for others of its group.
  virtual void Planned(const StoredRun& run) = 0;
  virtual void Finished(const StoredRun& run) = 0;
};

class RunQueue {
 public:
  // `store` and `listener` must outlive the queue. Starts `workers` threads: as many runs at once;
  // and one more, without a place for a run, that looks at those that may be there to end others.
  RunQueue(RunStore& store, RunFunction run, RunListener& listener, int workers);
  // Stop().
  ~RunQueue();

  // A run was accepted. Any thread.
  void Wake();

  // Ends running runs and queues them again for the next start of the server; returns when all
  // workers are done. May be called twice.
  void Stop();

 private:
  // Takes a run: RunStore::TakeNext, or TakeSuperseding of the one that has no place.
  using Take = std::optional<StoredRun> (RunStore::*)(Time now);
  void Work(Take take, const std::stop_token& stop);
  // One that runs now, and why it is to end.
  struct Running {
    std::stop_source stop;
    std::string reason;
  };
  void RunOne(StoredRun run, bool place, const std::stop_token& stop);
  void ShareOut(const StoredRun& run, const pipeline::NamedPipeline& own,
                const std::vector<pipeline::NamedPipeline>& others, const std::stop_token& stop);
  bool MayStart(StoredRun run, bool place, const pipeline::RunPlan& plan);
  void End(const std::string& id, const std::string& reason);
  std::string ReasonToEnd(const std::string& id);  // empty: it may go on
  void Conclude(StoredRun run, const pipeline::RunSummary& summary, const std::stop_token& stop);
  // Until it works (a full disk may get room), or the server stops.
  void Persist(const std::function<void()>& change, const std::stop_token& stop);

  RunStore& store_;
  RunFunction run_;
  RunListener& listener_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  uint64_t wakes_ = 0;
  std::map<std::string, Running> running_;  // by id
  std::vector<std::jthread> workers_;
};

}  // namespace runner::serve
