#include "runner/serve/run_store.h"

#include <sqlite3.h>

#include <map>
#include <mutex>
#include <utility>

#include "runner/serve/event_json.h"
#include "runner/serve/next_run.h"
#include "runner/serve/run_schema.h"
#include "runner/serve/sqlite.h"
#include "runner/serve/stored_time.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner::serve {
namespace {

using pipeline::Outcome;
using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr int kMaxAttempts = 2;

constexpr char kColumns[] =
    "id, event, state, attempts, pipeline, outcome, reason, reported, queued, started, finished, "
    "group_name, cancelled_by, file";

RunState StateFrom(const std::string& text) {
  for (const RunState state : {RunState::kQueued, RunState::kRunning, RunState::kFinished}) {
    if (ToString(state) == text) {
      return state;
    }
  }
  throw Error(ErrorKind::kInvalid, "stored run: unknown state");
}

Outcome OutcomeFrom(const std::string& text) {
  for (const Outcome outcome :
       {Outcome::kPassed, Outcome::kFlaky, Outcome::kWarned, Outcome::kSkipped, Outcome::kFailed,
        Outcome::kErrored, Outcome::kCancelled, Outcome::kTimedOut}) {
    if (pipeline::ToString(outcome) == text) {
      return outcome;
    }
  }
  return Outcome::kErrored;
}

// What a newer push, or a newer state of a pull request, takes the place of.
std::string SubjectOf(const pipeline::TriggerEvent& event) {
  if (event.kind == pipeline::EventKind::kPullRequest) {
    return event.repository + " " + std::to_string(event.pull_request);
  }
  return event.kind == pipeline::EventKind::kPush ? event.repository + ":" + event.branch : "";
}

StoredRun ReadRow(const Statement& row) {
  StoredRun run;
  run.id = row.Text(0);
  run.event = EventFromJson(row.Text(1));
  run.state = StateFrom(row.Text(2));
  run.attempts = static_cast<int>(row.Number(3));
  run.pipeline = row.Text(4);
  run.outcome = OutcomeFrom(row.Text(5));
  run.reason = row.Text(6);
  run.reported = row.Number(7) != 0;
  run.queued = ToTime(row.Number(8));
  run.started = ToTime(row.Number(9));
  run.finished = ToTime(row.Number(10));
  run.group = row.Text(11);
  run.cancelled_by = row.Text(12);
  run.file = row.Text(13);
  return run;
}

class SqliteRunStore : public RunStore {
 public:
  explicit SqliteRunStore(const std::filesystem::path& path) : database_(path) {
    BringUpToDate(database_, path);
  }

  bool Accept(const std::string& delivery_id, const StoredRun& run) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    if (Statement(database_.get(), "SELECT 1 FROM deliveries WHERE id = ?")
            .Bind(delivery_id)
            .Step()) {
      return false;
    }
    Queue(run);
    Statement(database_.get(), "INSERT INTO deliveries (id, run, received) VALUES (?, ?, ?)")
        .Bind(delivery_id)
        .Bind(run.id)
        .Bind(ToNumber(run.queued))
        .Step();
    transaction.Commit();
    return true;
  }

  std::optional<StoredRun> TakeNext(Time now) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    const std::vector<Contender> contenders = Contenders();
    const std::optional<size_t> next = NextRun(contenders, served_);
    if (!next) {
      return std::nullopt;
    }
    StoredRun run = Take(contenders[*next].id, now);
    transaction.Commit();
    served_[contenders[*next].repository] = ++turns_;
    return run;
  }

  std::optional<StoredRun> TakeSuperseding(Time now) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    const std::vector<Contender> contenders = Contenders();
    const std::optional<size_t> next = SupersedingRun(contenders);
    if (!next) {
      return std::nullopt;
    }
    StoredRun run = Take(contenders[*next].id, now);
    transaction.Commit();
    return run;
  }

  Turn Admit(const std::string& id, const pipeline::ConcurrencyRule& rule, bool place,
             Time now) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    Statement(database_.get(),
              "UPDATE runs SET run_group = ?, group_name = ?, group_limit = ?, cancels = ?, "
              "planned = 1 WHERE id = ?")
        .Bind(rule.group)
        .Bind(rule.name)
        .Bind(int64_t{rule.limit})
        .Bind(int64_t{rule.cancel_superseded})
        .Bind(id)
        .Step();
    const pipeline::Admission admission = pipeline::Admit(rule, id, Active(rule.group));
    Turn turn;
    for (const std::string& older : admission.cancel) {
      Cancel(older, id, now, turn);
    }
    if (!admission.superseded_by.empty()) {
      SetCancelledBy(id, admission.superseded_by);
    }
    for (const StoredRun& run : SelectRows("WHERE id = ? AND cancelled_by <> ''", id)) {
      turn.cancelled = CancelledBy(run.cancelled_by, run.group);
    }
    turn.start = place && admission.start && turn.cancelled.empty();
    Statement(database_.get(), "UPDATE runs SET admitted = ? WHERE id = ?")
        .Bind(int64_t{turn.start})
        .Bind(id)
        .Step();
    transaction.Commit();
    return turn;
  }

  void ShareOut(const std::string& id, const pipeline::NamedPipeline& own,
                const std::vector<StoredRun>& others) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    Statement(database_.get(), "UPDATE runs SET file = ?, pipeline = ? WHERE id = ?")
        .Bind(own.file)
        .Bind(own.name)
        .Bind(id)
        .Step();
    for (const StoredRun& other : others) {
      Queue(other);
    }
    transaction.Commit();
  }

  void SetPipeline(const std::string& id, const std::string& name) override {
    Update("UPDATE runs SET pipeline = ? WHERE id = ?", name, id);
  }

  void Finish(const StoredRun& run) override {
    Update(
        "UPDATE runs SET state = 'finished', event = ?, pipeline = ?, outcome = ?, reason = ?, "
        "finished = ? WHERE id = ?",
        EventToJson(run.event), run.pipeline, pipeline::ToString(run.outcome), run.reason,
        ToNumber(run.finished), run.id);
  }

  void Requeue(const std::string& id) override {
    Update("UPDATE runs SET state = 'queued', admitted = 0, attempts = attempts - 1 WHERE id = ?",
           id);
  }

  void SetReported(const std::string& id) override {
    Update("UPDATE runs SET reported = 1 WHERE id = ?", id);
  }

  int Recover(Time now) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    for (const StoredRun& run : SelectRows("WHERE state = 'running' AND cancelled_by <> ?", "")) {
      FinishCancelled(run, now);
    }
    Statement(database_.get(),
              "UPDATE runs SET state = 'finished', outcome = ?, reason = ?, finished = ? "
              "WHERE state = 'running' AND attempts >= ?")
        .Bind(pipeline::ToString(Outcome::kErrored))
        .Bind("the server died twice while it ran")
        .Bind(ToNumber(now))
        .Bind(int64_t{kMaxAttempts})
        .Step();
    database_.Execute("UPDATE runs SET state = 'queued', admitted = 0 WHERE state = 'running'");
    const auto queued = static_cast<int>(database_.Changes());
    transaction.Commit();
    return queued;
  }

  std::optional<StoredRun> Find(const std::string& id) override {
    std::vector<StoredRun> found = Select("WHERE id = ?", id);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  }

  std::vector<StoredRun> Recent(const std::string& before, int limit) override {
    // "~" is above every id.
    return Select("WHERE id < ? ORDER BY id DESC LIMIT " + std::to_string(limit),
                  before.empty() ? "~" : before);
  }

  std::vector<StoredRun> Unreported(Time since) override {
    return Select("WHERE state = 'finished' AND reported = 0 AND finished >= ? ORDER BY finished",
                  ToNumber(since));
  }

  void ForgetDeliveries(Time before) override {
    Update("DELETE FROM deliveries WHERE received < ?", ToNumber(before));
  }

 private:
  template <typename... Values>
  void Update(std::string_view sql, const Values&... values) {
    const std::lock_guard lock(mutex_);
    Statement statement(database_.get(), sql);
    (statement.Bind(values), ...);
    statement.Step();
  }

  // The caller holds the lock, as below.
  void Queue(const StoredRun& run) {
    Statement(database_.get(),
              "INSERT INTO runs (id, repository, subject, event, state, queued, file, pipeline) "
              "VALUES (?, ?, ?, ?, 'queued', ?, ?, ?)")
        .Bind(run.id)
        .Bind(run.event.repository)
        .Bind(SubjectOf(run.event))
        .Bind(EventToJson(run.event))
        .Bind(ToNumber(run.queued))
        .Bind(run.file)
        .Bind(run.pipeline)
        .Step();
  }

  // All runs that haven't ended, the oldest first.
  std::vector<Contender> Contenders() {
    Statement rows(database_.get(),
                   "SELECT id, repository, state = 'running', admitted, run_group, group_limit, "
                   "cancels, planned, subject FROM runs WHERE state <> 'finished' ORDER BY id");
    std::vector<Contender> contenders;
    while (rows.Step()) {
      contenders.push_back(
          {rows.Text(0),
           rows.Text(1),
           rows.Number(2) != 0,
           rows.Number(3) != 0,
           {rows.Text(4), rows.Number(6) != 0, static_cast<uint32_t>(rows.Number(5))},
           rows.Number(7) != 0,
           rows.Text(8)});
    }
    return contenders;
  }

  StoredRun Take(const std::string& id, Time now) {
    StoredRun run = SelectRows("WHERE id = ?", id).at(0);
    run.state = RunState::kRunning;
    run.attempts += 1;
    run.started = now;
    Statement(
        database_.get(),
        "UPDATE runs SET state = 'running', attempts = attempts + 1, started = ? WHERE id = ?")
        .Bind(ToNumber(now))
        .Bind(id)
        .Step();
    return run;
  }

  std::vector<pipeline::ActiveRun> Active(const std::string& group) {
    Statement rows(database_.get(),
                   "SELECT id, admitted FROM runs WHERE state <> 'finished' AND run_group = ? "
                   "AND run_group <> '' ORDER BY id");
    rows.Bind(group);
    std::vector<pipeline::ActiveRun> active;
    while (rows.Step()) {
      active.push_back({rows.Text(0), group, rows.Number(1) != 0});
    }
    return active;
  }

  // One that waits is finished; one that runs has still to be ended by whoever runs it.
  void Cancel(const std::string& id, const std::string& by, Time now, Turn& turn) {
    SetCancelledBy(id, by);
    for (StoredRun run : SelectRows("WHERE id = ?", id)) {
      if (run.state == RunState::kQueued) {
        turn.ended.push_back(FinishCancelled(std::move(run), now));
      } else {
        turn.ending.push_back(std::move(run));
      }
    }
  }

  // The first one counts.
  void SetCancelledBy(const std::string& id, const std::string& by) {
    Statement(database_.get(),
              "UPDATE runs SET cancelled_by = ? WHERE id = ? AND cancelled_by = ''")
        .Bind(by)
        .Bind(id)
        .Step();
  }

  StoredRun FinishCancelled(StoredRun run, Time now) {
    run.state = RunState::kFinished;
    run.outcome = Outcome::kCancelled;
    run.reason = CancelledBy(run.cancelled_by, run.group);
    run.finished = now;
    Statement(database_.get(),
              "UPDATE runs SET state = 'finished', outcome = ?, reason = ?, finished = ? "
              "WHERE id = ?")
        .Bind(pipeline::ToString(run.outcome))
        .Bind(run.reason)
        .Bind(ToNumber(now))
        .Bind(run.id)
        .Step();
    return run;
  }

  template <typename Value>
  std::vector<StoredRun> Select(const std::string& condition, const Value& value) {
    const std::lock_guard lock(mutex_);
    return SelectRows(condition, value);
  }

  template <typename Value>
  std::vector<StoredRun> SelectRows(const std::string& condition, const Value& value) {
    Statement rows(database_.get(), std::string("SELECT ") + kColumns + " FROM runs " + condition);
    rows.Bind(value);
    std::vector<StoredRun> runs;
    while (rows.Step()) {
      runs.push_back(ReadRow(rows));
    }
    return runs;
  }

  std::mutex mutex_;
  Database database_;
  std::map<std::string, uint64_t> served_;  // repositories, and the number of their last turn
  uint64_t turns_ = 0;
};

}  // namespace

std::string_view ToString(RunState state) {
  switch (state) {
    case RunState::kQueued:
      return "queued";
    case RunState::kRunning:
      return "running";
    case RunState::kFinished:
      return "finished";
  }
  return "queued";
}

std::string CancelledBy(const std::string& run_id, const std::string& group) {
  constexpr size_t kShown = 80;
  std::string shown = runtime::base::ForMessage(group.substr(0, kShown));
  return "cancelled by run " + run_id + ", group \"" + shown + (group.size() > kShown ? "…" : "") +
         "\"";
}

std::unique_ptr<RunStore> OpenRunStore(const runtime::base::StateDir& state) {
  return std::make_unique<SqliteRunStore>(state.database());
}

}  // namespace runner::serve
