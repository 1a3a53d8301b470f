// RunQueue: takes accepted runs off the store, oldest first, and has them run.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/run_observer.h"
#include "runner/serve/run_store.h"

namespace runner::serve {

// Runs one pipeline: the very call that `runner exec` makes. Called from several threads. When
// `stop` is requested it ends the run soon, as cancelled. What it throws finishes the run as
// errored.
using RunFunction = std::function<pipeline::RunSummary(
    const std::string& run_id, const pipeline::TriggerEvent& event, pipeline::RunObserver& observer,
    std::stop_token stop)>;

// Told how runs go on, from the workers' threads, after the store knows. Quick, never throws.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void Planned(const StoredRun& run) = 0;  // its pipeline's name is known now
  virtual void Finished(const StoredRun& run) = 0;
};

class RunQueue {
 public:
  // `store` and `listener` must outlive the queue. Starts `workers` threads: as many runs at once.
  RunQueue(RunStore& store, RunFunction run, RunListener& listener, int workers);
  // Stop().
  ~RunQueue();

  // A run was accepted. Any thread.
  void Wake();

  // Ends running runs and queues them again for the next start of the server; returns when all
  // workers are done. May be called twice.
  void Stop();

 private:
  void Work(const std::stop_token& stop);
  void RunOne(StoredRun run, const std::stop_token& stop);
  // Until it works (a full disk may get room), or the server stops.
  void Persist(const std::function<void()>& change, const std::stop_token& stop);

  RunStore& store_;
  RunFunction run_;
  RunListener& listener_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  uint64_t wakes_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace runner::serve
