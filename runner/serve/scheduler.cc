#include "runner/serve/scheduler.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "runner/run_id.h"
#include "runner/serve/stored_time.h"
#include "runtime/base/terminal_text.h"

namespace runner::serve {
namespace {

using pipeline::Cron;
using runtime::base::FormatTime;

constexpr std::chrono::minutes kLook{1};    // at the clock, at least
constexpr std::chrono::minutes kRetry{10};  // after a repository couldn't be read
constexpr std::chrono::hours kSetBack{24};  // a clock that was ahead by more was wrong

Time Next(const Cron& cron, Time time) {
  const auto next = cron.Next(std::chrono::floor<std::chrono::seconds>(time));
  return next == std::chrono::sys_seconds::max() ? Time::max() : Time(next);
}

}  // namespace

Scheduler::Scheduler(SchedulerParts parts)
    : parts_(std::move(parts)),
      reader_([this](const std::stop_token& stop) { ReadFiles(stop); }),
      ticker_([this](const std::stop_token& stop) { Tick(stop); }) {}

Scheduler::~Scheduler() {
  reader_.request_stop();
  ticker_.request_stop();
}

void Scheduler::Read(const std::string& repository, const std::string& clone_url) {
  {
    const std::lock_guard lock(mutex_);
    requests_[repository] = {clone_url, std::chrono::steady_clock::now()};
  }
  changed_.notify_all();
}

void Scheduler::Wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

void Scheduler::Tick(const std::stop_token& stop) {
  uint64_t seen = 0;
  while (!stop.stop_requested()) {
    {
      const std::lock_guard lock(mutex_);
      seen = wakes_;
    }
    const Time now = parts_.clock.Now();
    std::chrono::nanoseconds wait = kLook;
    try {
      wait = std::min<std::chrono::nanoseconds>(StartDue(now) - now, wait);
    } catch (const std::exception& e) {
      parts_.log(std::string("schedules: ") + e.what());
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, wait, [&] { return wakes_ != seen; });
  }
}

Time Scheduler::StartDue(Time now) {
  Time next = now + kLook;
  for (StoredSchedule& schedule : parts_.schedules.All()) {
    std::string error;
    const std::optional<Cron> cron = Cron::Parse(schedule.cron, error);
    if (!cron) {
      continue;  // of another version
    }
    if (schedule.due > Next(*cron, now + kSetBack)) {
      schedule.due = Next(*cron, now);
      parts_.schedules.SetDue(schedule, schedule.due);
    }
    if (schedule.due <= now) {
      schedule.due = Start(schedule, *cron, now);
      parts_.schedules.SetDue(schedule, schedule.due);
    }
    next = std::min(next, schedule.due);
  }
  return next;
}

Time Scheduler::Start(const StoredSchedule& schedule, const Cron& cron, Time now) {
  if (parts_.schedules.IsQueued(schedule)) {
    parts_.log(schedule.repository + ": schedule \"" + schedule.cron +
               "\" is due again while its last run is still queued: left out");
    return Next(cron, now);
  }
  StoredRun run;
  run.queued = now;
  run.id = NewRunId(now);
  run.event.kind = pipeline::EventKind::kSchedule;
  run.event.repository = schedule.repository;
  run.event.clone_url = schedule.clone_url;
  run.event.schedule = schedule.cron;
  // No delivery of a forge has such an id.
  const std::string id =
      "schedule:" + schedule.repository + ":" + schedule.cron + ":" + FormatTime(schedule.due);
  if (!parts_.runs.Accept(id, run)) {
    return Next(cron, schedule.due);  // it was started before a crash
  }
  parts_.accepted();
  return Next(cron, now);
}

void Scheduler::ReadFiles(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    const auto next = std::min_element(
        requests_.begin(), requests_.end(),
        [](const auto& a, const auto& b) { return a.second.not_before < b.second.not_before; });
    if (next == requests_.end()) {
      changed_.wait(lock, stop, [this] { return !requests_.empty(); });
      continue;
    }
    const Steady when = next->second.not_before;
    if (when > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, stop, when, [&] {
        return std::any_of(requests_.begin(), requests_.end(),
                           [&](const auto& other) { return other.second.not_before < when; });
      });
      continue;
    }
    const auto [repository, request] = *next;
    requests_.erase(next);
    lock.unlock();
    ReadOne(repository, request.clone_url, stop);
  }
}

void Scheduler::ReadOne(const std::string& repository, const std::string& clone_url,
                        const std::stop_token& stop) {
  try {
    const ScheduleReading reading = parts_.read(repository, clone_url, stop);
    const Time now = parts_.clock.Now();
    std::vector<StoredSchedule> schedules;
    Time first = Time::max();
    for (const Cron& cron : reading.schedule) {
      schedules.push_back({repository, cron.text(), clone_url, Next(cron, now)});
      first = std::min(first, schedules.back().due);
    }
    parts_.schedules.Replace(repository, schedules);
    Complain(repository, reading.problem);
    if (!schedules.empty()) {
      parts_.log(repository + ": " + std::to_string(schedules.size()) + " schedule(s), next at " +
                 FormatTime(first));
    }
    Wake();
  } catch (const std::exception& e) {
    if (stop.stop_requested()) {
      return;
    }
    Complain(repository, e.what());
    const std::lock_guard lock(mutex_);
    // Unless a push has asked for it meanwhile.
    requests_.emplace(repository, Request{clone_url, std::chrono::steady_clock::now() + kRetry});
  }
}

void Scheduler::Complain(const std::string& repository, const std::string& problem) {
  std::string& last = problems_[repository];
  if (!problem.empty() && last != problem) {
    parts_.log(repository + ": its schedules: " + runtime::base::ForMessage(problem));
  }
  last = problem;
}

}  // namespace runner::serve
