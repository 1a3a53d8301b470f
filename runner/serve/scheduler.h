// Scheduler: starts runs at the times that `on: {schedule: ...}` of the repositories' pipeline
// files names, for their default branches.
//
// A schedule's next time is stored (schedule_store.h). When it comes, a run is queued under an id
// made of the schedule and that time, and then the next one is stored: whatever ends the server in
// between, each time starts one run. Times that passed while no server was there start one run
// together.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/cron.h"
#include "runner/serve/run_store.h"
#include "runner/serve/schedule_store.h"
#include "runtime/base/clock.h"

namespace runner::serve {

// What the pipeline file on a repository's default branch says.
struct ScheduleReading {
  std::vector<pipeline::Cron> schedule;  // none: the file has none, isn't valid or isn't there
  std::string problem;                   // why it isn't valid, one line
};

// Reads it, as it is now. Throws Error when the repository can't be read; `stop` ends it.
using ReadSchedule = std::function<ScheduleReading(
    const std::string& repository, const std::string& clone_url, std::stop_token stop)>;

struct SchedulerParts {
  RunStore& runs;
  ScheduleStore& schedules;
  ReadSchedule read;
  const runtime::base::Clock& clock;
  std::function<void()> accepted;               // a run was queued; any thread
  std::function<void(const std::string&)> log;  // one line for the administrator; any thread
};

class Scheduler {
 public:
  // What `parts` refer to must outlive the scheduler. Starts a thread for the clock, and one that
  // reads files.
  explicit Scheduler(SchedulerParts parts);
  // Ends a reading that is under way.
  ~Scheduler();

  // Reads the repository's file soon: the server has begun, or a push has come. Any thread.
  void Read(const std::string& repository, const std::string& clone_url);

  // Looks at the clock now. It does so by itself when something is due, and once a minute in case
  // the host's clock was set. Any thread.
  void Wake();

 private:
  using Steady = std::chrono::steady_clock::time_point;
  struct Request {
    std::string clone_url;
    Steady not_before;
  };
  void Tick(const std::stop_token& stop);
  void ReadFiles(const std::stop_token& stop);
  void ReadOne(const std::string& repository, const std::string& clone_url,
               const std::stop_token& stop);
  // Starts what is due; the time at which something is due next.
  Time StartDue(Time now);
  // The time at which it is due then.
  Time Start(const StoredSchedule& schedule, const pipeline::Cron& cron, Time now);
  void Complain(const std::string& repository, const std::string& problem);

  SchedulerParts parts_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t wakes_ = 0;
  std::map<std::string, Request> requests_;      // by repository
  std::map<std::string, std::string> problems_;  // what was said last; of the reading thread
  std::jthread reader_;
  std::jthread ticker_;
};

}  // namespace runner::serve
