#include "runner/serve/run_schema.h"

#include <string>

#include "runtime/base/error.h"

namespace runner::serve {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr int64_t kVersion = 3;

// Times are milliseconds since 1970. A run's id sorts by its birth, so it is the queue's order too.
constexpr char kFirst[] = R"(
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

// `concurrency` (run_group is one of a kind on the host, group_name is for people; subject is the
// branch or pull request), fairness between repositories, `on.schedule`.
constexpr char kSecond[] = R"(
  ALTER TABLE runs ADD COLUMN repository TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN subject TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN run_group TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN group_name TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN group_limit INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE runs ADD COLUMN cancels INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN admitted INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN cancelled_by TEXT NOT NULL DEFAULT '';
  UPDATE runs SET repository = json_extract(event, '$.repository') WHERE state <> 'finished';
  CREATE INDEX runs_of_group ON runs (run_group, id) WHERE state <> 'finished';
  CREATE TABLE schedules (
    repository TEXT NOT NULL,
    cron TEXT NOT NULL,
    clone_url TEXT NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (repository, cron)
  ) WITHOUT ROWID;
)";

// Several pipelines of one repository: which file a run is of.
constexpr char kThird[] = R"(
  ALTER TABLE runs ADD COLUMN file TEXT NOT NULL DEFAULT '';
)";

int64_t VersionOf(const Database& database) {
  Statement version(database.get(), "PRAGMA user_version");
  version.Step();
  return version.Number(0);
}

void KeepCopy(const Database& database, const std::filesystem::path& path, int64_t version) {
  const std::string copy = path.native() + ".v" + std::to_string(version);
  std::filesystem::remove(copy);  // of a start that went no further
  Statement(database.get(), "VACUUM INTO ?").Bind(copy).Step();
}

}  // namespace

void BringUpToDate(Database& database, const std::filesystem::path& path) {
  const int64_t found = VersionOf(database);
  if (found > kVersion) {
    throw Error(ErrorKind::kUnsupported,
                path.string() + " was written by a newer version of runner (schema " +
                    std::to_string(found) + ", this one knows " + std::to_string(kVersion) +
                    "): use that version, or another --root");
  }
  if (found == kVersion) {
    return;
  }
  if (found > 0) {
    KeepCopy(database, path, found);
  }
  Transaction transaction(database);
  constexpr const char* kSteps[kVersion] = {kFirst, kSecond, kThird};
  for (int64_t version = found; version < kVersion; ++version) {
    database.Execute(kSteps[version]);
  }
  database.Execute("PRAGMA user_version=" + std::to_string(kVersion));
  transaction.Commit();
}

}  // namespace runner::serve
