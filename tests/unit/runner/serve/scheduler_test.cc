#include "runner/serve/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "runtime/base/files.h"

namespace runner::serve {
namespace {

using namespace std::chrono_literals;

// 2026-03-29 00:00 UTC: in Berlin the hour from 02:00 to 03:00 doesn't exist on that day.
const Time kMidnight{std::chrono::sys_days(std::chrono::year(2026) / 3 / 29)};

class SetClock : public runtime::base::Clock {
 public:
  WallTime Now() const override { return WallTime(WallTime::duration(now_.load())); }
  void Set(Time time) { now_ = time.time_since_epoch().count(); }

 private:
  std::atomic<WallTime::rep> now_ = kMidnight.time_since_epoch().count();
};

class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest() : directory_("/tmp", "schedules"), state_(directory_.path()) {
    runs_ = OpenRunStore(state_);
    schedules_.emplace(state_);
    Start();
  }
  void Start() {
    scheduler_.emplace(
        SchedulerParts{*runs_, *schedules_, [this](const auto&...) { return Reading(); }, clock_,
                       [this] { Note("run"); }, [this](const std::string& line) { Note(line); }});
  }
  void Restart() {
    scheduler_.reset();
    Start();
  }
  ScheduleReading Reading() {
    const std::lock_guard lock(mutex_);
    if (!unreadable_.empty()) {
      throw std::runtime_error(unreadable_);
    }
    ScheduleReading reading;
    std::string error;
    for (const std::string& text : file_) {
      reading.schedule.push_back(*pipeline::Cron::Parse(text, error));
    }
    return reading;
  }
  void SetFile(std::vector<std::string> schedule, std::string unreadable = "") {
    const std::lock_guard lock(mutex_);
    file_ = std::move(schedule);
    unreadable_ = std::move(unreadable);
  }
  void Note(const std::string& text) {
    {
      const std::lock_guard lock(mutex_);
      notes_.push_back(text);
    }
    changed_.notify_all();
  }
  // Waits for one more note; it.
  std::string Next() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 30s, [this] { return notes_.size() > seen_; }));
    return seen_ < notes_.size() ? notes_[seen_++] : "nothing";
  }
  // What it noted in answer to the time.
  std::string At(Time time) {
    clock_.Set(time);
    scheduler_->Wake();
    return Next();
  }
  void Read(std::vector<std::string> schedule) {
    SetFile(std::move(schedule));
    scheduler_->Read("pie/hubot", "https://example.org/r.git");
    Next();
  }
  size_t Runs() { return runs_->Recent("", 100).size(); }
  void FinishAll() {
    while (std::optional<StoredRun> run = runs_->TakeNext(kMidnight)) {
      runs_->Finish(*run);
    }
  }
  Time Due() { return schedules_->All().at(0).due; }
  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  std::unique_ptr<RunStore> runs_;
  std::optional<ScheduleStore> schedules_;
  SetClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> file_;
  std::string unreadable_;
  std::vector<std::string> notes_;
  size_t seen_ = 0;
  std::optional<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, StartsARunOfTheDefaultBranchWhenItIsDue) {
  SetFile({"30 3 * * *"});
  scheduler_->Read("pie/hubot", "https://example.org/r.git");
  EXPECT_EQ(Next(), "pie/hubot: 1 schedule(s), next at 2026-03-29T03:30:00Z");
  EXPECT_EQ(Runs(), 0u);
  EXPECT_EQ(At(kMidnight + 3h + 30min), "run");
  ASSERT_EQ(Runs(), 1u);
  const StoredRun run = runs_->Recent("", 1)[0];
  EXPECT_EQ(run.event.kind, pipeline::EventKind::kSchedule);
  EXPECT_EQ(run.event.repository, "pie/hubot");
  EXPECT_EQ(run.event.clone_url, "https://example.org/r.git");
  EXPECT_EQ(run.event.schedule, "30 3 * * *");
  EXPECT_EQ(run.event.branch + run.event.ref + run.event.commit, "") << "the default one, then";
}

TEST_F(SchedulerTest, StartsEachTimeOnceAlsoAcrossRestarts) {
  Read({"@hourly"});
  EXPECT_EQ(At(kMidnight + 1h), "run");
  FinishAll();
  for (int i = 0; i < 3; ++i) {
    Restart();
  }
  EXPECT_EQ(At(kMidnight + 2h), "run");
  EXPECT_EQ(Runs(), 2u);
}

TEST_F(SchedulerTest, StartsNoSecondRunWhenTheServerDiedBeforeTheNextTimeWasStored) {
  Read({"@hourly"});
  const StoredSchedule before = schedules_->All().at(0);
  EXPECT_EQ(At(kMidnight + 1h), "run");
  FinishAll();
  scheduler_.reset();
  schedules_->SetDue(before, before.due);
  Start();
  EXPECT_EQ(At(kMidnight + 2h), "run");
  EXPECT_EQ(Runs(), 2u);
}

TEST_F(SchedulerTest, StartsOneRunForAllTimesThatPassedWithoutAServer) {
  Read({"@hourly"});
  scheduler_.reset();
  clock_.Set(kMidnight + 72h + 10min);
  Start();
  EXPECT_EQ(Next(), "run");
  FinishAll();
  EXPECT_EQ(At(kMidnight + 73h), "run");
  EXPECT_EQ(Runs(), 2u);
}

TEST_F(SchedulerTest, LeavesATimeOutWhileTheLastRunIsQueued) {
  Read({"* * * * *"});
  EXPECT_EQ(At(kMidnight + 1min), "run");
  for (int minute = 2; minute < 5; ++minute) {
    EXPECT_EQ(At(kMidnight + minute * 1min),
              "pie/hubot: schedule \"* * * * *\" is due again while its last run is still queued: "
              "left out");
  }
  EXPECT_EQ(Runs(), 1u);
  FinishAll();
  EXPECT_EQ(At(kMidnight + 5min), "run");
}

TEST_F(SchedulerTest, KeepsTheHoursOfTheDayInUtcWhateverTheHostsTimeZone) {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  Read({"30 * * * *"});
  for (int hour = 0; hour < 4; ++hour) {  // across the hour that Berlin skips
    EXPECT_EQ(At(kMidnight + hour * 1h + 30min), "run") << hour;
    FinishAll();
  }
  // And across the one that it has twice, in October.
  const Time october{std::chrono::sys_days(std::chrono::year(2026) / 10 / 25)};
  EXPECT_EQ(At(october), "run");  // for all times since
  FinishAll();
  for (int hour = 0; hour < 4; ++hour) {
    EXPECT_EQ(At(october + hour * 1h + 30min), "run") << hour;
    FinishAll();
  }
  ::unsetenv("TZ");
  ::tzset();
}

TEST_F(SchedulerTest, KeepsATimeThatWasNearWhenTheFileIsReadAnew) {
  Read({"@hourly"});
  const Time due = Due();
  clock_.Set(kMidnight + 59min);
  Read({"@daily", "@hourly"});
  EXPECT_EQ(schedules_->All().at(1).due, due);
  EXPECT_EQ(schedules_->All().at(0).due, kMidnight + 24h);
}

TEST_F(SchedulerTest, ForgetsWhatTheFileHasNoMore) {
  Read({"@hourly", "@daily"});
  EXPECT_EQ(schedules_->All().size(), 2u);
  Read({"@daily"});
  ASSERT_EQ(schedules_->All().size(), 1u);
  EXPECT_EQ(schedules_->All()[0].cron, "@daily");
}

TEST_F(SchedulerTest, KeepsWhatItKnowsOfARepositoryThatCanNotBeRead) {
  Read({"@hourly"});
  SetFile({}, "connect: refused\x1b");
  scheduler_->Read("pie/hubot", "https://example.org/r.git");
  const std::string line = Next();
  EXPECT_EQ(line.rfind("pie/hubot: its schedules: connect: refused", 0), 0u) << line;
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(At(kMidnight + 1h), "run");
}

TEST_F(SchedulerTest, DoesNotRepeatTimesWhenTheClockIsSetBackALittle) {
  Read({"@hourly"});
  EXPECT_EQ(At(kMidnight + 1h), "run");
  FinishAll();
  clock_.Set(kMidnight + 50min);
  scheduler_->Wake();
  EXPECT_EQ(At(kMidnight + 2h), "run");
  EXPECT_EQ(Runs(), 2u);
}

TEST_F(SchedulerTest, GoesOnAfterAClockThatWasYearsAhead) {
  clock_.Set(kMidnight + 24h * 365 * 70);
  Read({"@hourly"});
  clock_.Set(kMidnight);
  scheduler_->Wake();
  Restart();
  Read({"@hourly"});
  EXPECT_EQ(At(kMidnight + 1h), "run");
}

}  // namespace
}  // namespace runner::serve
