// RunStore: which runs were accepted, and what became of them. What survives a crash.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/concurrency.h"
#include "pipeline/run.h"
#include "pipeline/step_result.h"
#include "pipeline/trigger_event.h"
#include "runner/serve/stored_time.h"
#include "runtime/base/state_dir.h"

namespace runner::serve {

enum class RunState { kQueued, kRunning, kFinished };
std::string_view ToString(RunState state);

struct StoredRun {
  std::string id;
  pipeline::TriggerEvent event;
  RunState state = RunState::kQueued;
  int attempts = 0;                                         // how often it was started
  std::string file;                                         // pipeline file; empty: not known yet
  std::string pipeline;                                     // its name, once known
  pipeline::Outcome outcome = pipeline::Outcome::kErrored;  // of a finished run
  std::string reason;                                       // why it isn't passed, one line
  bool reported = false;                                    // the forge knows the outcome
  std::string group;         // `concurrency`, as people call it; empty: none, or not known yet
  std::string cancelled_by;  // the run of its group that has taken its place, though it may go on
  Time queued;
  Time started;  // of the last attempt
  Time finished;
};

// What becomes of a run whose group is known now.
struct Turn {
  bool start = false;             // else it waits, unless it is cancelled
  std::string cancelled;          // why it ends, one line: a newer run of its group is there
  std::vector<StoredRun> ended;   // queued runs of the group that it has cancelled
  std::vector<StoredRun> ending;  // running ones that are to be ended now
};

// "cancelled by run 0123, group "deploy"": how a run ends whose place another one took.
std::string CancelledBy(const std::string& run_id, const std::string& group);

// Every change is on the disk when its call returns. Any thread. All calls throw Error.
class RunStore {
 public:
  virtual ~RunStore() = default;

  // Queues a run for a delivery. False, and nothing changes, when that delivery started one
  // already.
  virtual bool Accept(const std::string& delivery_id, const StoredRun& run) = 0;

  // Takes the next queued run (next_run.h): it is running now, with one more attempt. Nothing when
  // there is none, or all wait for others of their groups.
  virtual std::optional<StoredRun> TakeNext(Time now) = 0;

  // The same for a run that may be there to end one that runs (SupersedingRun() of next_run.h).
  virtual std::optional<StoredRun> TakeSuperseding(Time now) = 0;

  // A running run knows its group now, if it has one: does its turn come? Not where there is no
  // `place` for it. All that follows for others is stored with it.
  virtual Turn Admit(const std::string& id, const pipeline::ConcurrencyRule& rule, bool place,
                     Time now) = 0;

  // A running run is of the pipeline `own`, and `others` are queued beside it, as runs of the same
  // event: all of it or nothing.
  virtual void ShareOut(const std::string& id, const pipeline::NamedPipeline& own,
                        const std::vector<StoredRun>& others) = 0;

  virtual void SetPipeline(const std::string& id, const std::string& name) = 0;
  // Keeps its pipeline, commit, outcome, reason and time of the end.
  virtual void Finish(const StoredRun& run) = 0;
  // Back to the queue as if it had not been started: the server stops, or its group has no room.
  virtual void Requeue(const std::string& id) = 0;
  virtual void SetReported(const std::string& id) = 0;

  // After a crash: what was running is queued once more; but a run whose place another one took is
  // finished as cancelled, and one that was started twice as errored, since it may be what kills
  // the server. Answers how many were queued again.
  virtual int Recover(Time now) = 0;

  virtual std::optional<StoredRun> Find(const std::string& id) = 0;
  // The newest first; only ids below `before`, unless it is empty.
  virtual std::vector<StoredRun> Recent(const std::string& before, int limit) = 0;
  // Finished since then, and the forge wasn't told.
  virtual std::vector<StoredRun> Unreported(Time since) = 0;
  // Deliveries older than that may be forgotten: redelivered ones start a run again.
  virtual void ForgetDeliveries(Time before) = 0;
};

// The store of a state directory, in SQLite. Throws Error (kUnsupported) when a newer version wrote
// it.
std::unique_ptr<RunStore> OpenRunStore(const runtime::base::StateDir& state);

}  // namespace runner::serve
