#include "runner/serve/schedule_store.h"

#include <algorithm>

#include "runner/serve/stored_time.h"

namespace runner::serve {
namespace {

constexpr char kAll[] = "SELECT repository, cron, clone_url, due FROM schedules";

std::vector<StoredSchedule> ReadAll(Statement& rows) {
  std::vector<StoredSchedule> schedules;
  while (rows.Step()) {
    schedules.push_back({rows.Text(0), rows.Text(1), rows.Text(2), ToTime(rows.Number(3))});
  }
  return schedules;
}

}  // namespace

ScheduleStore::ScheduleStore(const runtime::base::StateDir& state) : database_(state.database()) {}

std::vector<StoredSchedule> ScheduleStore::All() {
  const std::lock_guard lock(mutex_);
  Statement rows(database_.get(), kAll);
  return ReadAll(rows);
}

void ScheduleStore::Replace(const std::string& repository,
                            const std::vector<StoredSchedule>& schedules) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement rows(database_.get(), std::string(kAll) + " WHERE repository = ?");
  rows.Bind(repository);
  const std::vector<StoredSchedule> known = ReadAll(rows);
  Statement(database_.get(), "DELETE FROM schedules WHERE repository = ?").Bind(repository).Step();
  for (const StoredSchedule& schedule : schedules) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const StoredSchedule& old) {
      return old.cron == schedule.cron;
    });
    Statement(database_.get(),
              "INSERT OR REPLACE INTO schedules (repository, cron, clone_url, due) "
              "VALUES (?, ?, ?, ?)")
        .Bind(repository)
        .Bind(schedule.cron)
        .Bind(schedule.clone_url)
        .Bind(ToNumber(same == known.end() ? schedule.due : same->due))
        .Step();
  }
  transaction.Commit();
}

void ScheduleStore::SetDue(const StoredSchedule& schedule, Time due) {
  const std::lock_guard lock(mutex_);
  Statement(database_.get(), "UPDATE schedules SET due = ? WHERE repository = ? AND cron = ?")
      .Bind(ToNumber(due))
      .Bind(schedule.repository)
      .Bind(schedule.cron)
      .Step();
}

bool ScheduleStore::IsQueued(const StoredSchedule& schedule) {
  const std::lock_guard lock(mutex_);
  return Statement(database_.get(),
                   "SELECT 1 FROM runs WHERE state = 'queued' AND repository = ? "
                   "AND json_extract(event, '$.schedule') = ?")
      .Bind(schedule.repository)
      .Bind(schedule.cron)
      .Step();
}

}  // namespace runner::serve
