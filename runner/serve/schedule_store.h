// ScheduleStore: the schedules of repositories, and when each is due next. In the server's
// database, beside the runs (run_store.h), with a connection of its own.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "runner/serve/run_store.h"
#include "runner/serve/sqlite.h"
#include "runtime/base/state_dir.h"

namespace runner::serve {

struct StoredSchedule {
  std::string repository;  // as the configuration names it
  std::string cron;        // its text, one of a kind in the repository
  std::string clone_url;
  Time due;
};

// Every change is on the disk when its call returns. Any thread. All calls throw Error.
class ScheduleStore {
 public:
  // The database has been opened by OpenRunStore.
  explicit ScheduleStore(const runtime::base::StateDir& state);

  std::vector<StoredSchedule> All();

  // The repository has these and no others; one that it had keeps the time at which it is due.
  void Replace(const std::string& repository, const std::vector<StoredSchedule>& schedules);

  void SetDue(const StoredSchedule& schedule, Time due);

  // Is a run that it started still in the queue?
  bool IsQueued(const StoredSchedule& schedule);

 private:
  std::mutex mutex_;
  Database database_;
};

}  // namespace runner::serve
