#include "runner/serve/run_store.h"

#include <sqlite3.h>

#include <array>
#include <mutex>

#include "runner/serve/event_json.h"
#include "runner/serve/sqlite.h"
#include "runtime/base/error.h"

namespace runner::serve {
namespace {

using pipeline::Outcome;
using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr int64_t kSchemaVersion = 1;
constexpr int kMaxAttempts = 2;

// Times are milliseconds since 1970. A run's id sorts by its birth, so it is the queue's order too.
constexpr char kSchema[] = R"(
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished')),
    attempts INTEGER NOT NULL DEFAULT 0,
    pipeline TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    reported INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL,
    started INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX runs_waiting ON runs (state, id) WHERE state <> 'finished';
  CREATE INDEX runs_unreported ON runs (finished) WHERE state = 'finished' AND reported = 0;
  CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (id),
    received INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX deliveries_received ON deliveries (received);
)";
constexpr char kColumns[] =
    "id, event, state, attempts, pipeline, outcome, reason, reported, queued, started, finished";

int64_t ToNumber(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Time ToTime(int64_t number) { return Time(std::chrono::milliseconds(number)); }

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
  return run;
}

class SqliteRunStore : public RunStore {
 public:
  explicit SqliteRunStore(const std::filesystem::path& path) : database_(path) {
    Transaction transaction(database_);
    Statement version(database_.get(), "PRAGMA user_version");
    version.Step();
    const int64_t found = version.Number(0);
    if (found > kSchemaVersion) {
      throw Error(ErrorKind::kUnsupported,
                  path.string() + " was written by a newer version of runner (schema " +
                      std::to_string(found) + ", this one knows " + std::to_string(kSchemaVersion) +
                      "): use that version, or another --root");
    }
    if (found == 0) {
      database_.Execute(kSchema);
      database_.Execute("PRAGMA user_version=" + std::to_string(kSchemaVersion));
    }
    transaction.Commit();
  }

  bool Accept(const std::string& delivery_id, const StoredRun& run) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    if (Statement(database_.get(), "SELECT 1 FROM deliveries WHERE id = ?")
            .Bind(delivery_id)
            .Step()) {
      return false;
    }
    Statement(database_.get(),
              "INSERT INTO runs (id, event, state, queued) VALUES (?, ?, 'queued', ?)")
        .Bind(run.id)
        .Bind(EventToJson(run.event))
        .Bind(ToNumber(run.queued))
        .Step();
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
    Statement row(database_.get(), std::string("SELECT ") + kColumns +
                                       " FROM runs WHERE state = 'queued' ORDER BY id LIMIT 1");
    if (!row.Step()) {
      return std::nullopt;
    }
    StoredRun run = ReadRow(row);
    run.state = RunState::kRunning;
    run.attempts += 1;
    run.started = now;
    Statement(
        database_.get(),
        "UPDATE runs SET state = 'running', attempts = attempts + 1, started = ? WHERE id = ?")
        .Bind(ToNumber(now))
        .Bind(run.id)
        .Step();
    transaction.Commit();
    return run;
  }

  void SetPipeline(const std::string& id, const std::string& name) override {
    Update("UPDATE runs SET pipeline = ? WHERE id = ?", name, id);
  }

  void Finish(const StoredRun& run) override {
    Update(
        "UPDATE runs SET state = 'finished', pipeline = ?, outcome = ?, reason = ?, finished = ? "
        "WHERE id = ?",
        run.pipeline, pipeline::ToString(run.outcome), run.reason, ToNumber(run.finished), run.id);
  }

  void Requeue(const std::string& id) override {
    Update("UPDATE runs SET state = 'queued', attempts = attempts - 1 WHERE id = ?", id);
  }

  void SetReported(const std::string& id) override {
    Update("UPDATE runs SET reported = 1 WHERE id = ?", id);
  }

  int Recover(Time now) override {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    Statement(database_.get(),
              "UPDATE runs SET state = 'finished', outcome = ?, reason = ?, finished = ? "
              "WHERE state = 'running' AND attempts >= ?")
        .Bind(pipeline::ToString(Outcome::kErrored))
        .Bind("the server died twice while it ran")
        .Bind(ToNumber(now))
        .Bind(int64_t{kMaxAttempts})
        .Step();
    database_.Execute("UPDATE runs SET state = 'queued' WHERE state = 'running'");
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

  template <typename Value>
  std::vector<StoredRun> Select(const std::string& condition, const Value& value) {
    const std::lock_guard lock(mutex_);
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

std::unique_ptr<RunStore> OpenRunStore(const runtime::base::StateDir& state) {
  return std::make_unique<SqliteRunStore>(state.database());
}

}  // namespace runner::serve
