#include "runner/serve/run_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>

#include "runner/serve/sqlite.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "tests/support/wait_until.h"
#include "tests/unit/runner/serve/stored_run.h"

namespace runner::serve {
namespace {

using pipeline::Outcome;

class RunStoreTest : public ::testing::Test {
 protected:
  RunStoreTest() : directory_("/tmp", "store"), state_(directory_.path()) { Reopen(); }
  void Reopen() {
    store_.reset();
    store_ = OpenRunStore(state_);
  }
  Time now_ = MakeRun("").queued;
  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  std::unique_ptr<RunStore> store_;
};

// 'R' runs, 'S' sleeps (proc(5)).
char ThreadState(pid_t thread) {
  const std::string stat =
      runtime::base::ReadFile("/proc/self/task/" + std::to_string(thread) + "/stat");
  return stat.at(stat.rfind(')') + 2);
}

TEST_F(RunStoreTest, KeepsAnAcceptedRunAsItWas) {
  const StoredRun run = MakeRun("01");
  EXPECT_TRUE(store_->Accept("d1", run));
  Reopen();
  const auto found = store_->Find("01");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->event.ref, run.event.ref);
  EXPECT_EQ(found->event.title, run.event.title);
  EXPECT_EQ(found->event.clone_url, run.event.clone_url);
  EXPECT_EQ(found->queued, run.queued);
  EXPECT_EQ(found->state, RunState::kQueued);
  EXPECT_FALSE(store_->Find("02"));
}

TEST_F(RunStoreTest, StartsOneRunPerDeliveryAlsoAfterARestart) {
  EXPECT_TRUE(store_->Accept("d1", MakeRun("01")));
  EXPECT_FALSE(store_->Accept("d1", MakeRun("02")));
  Reopen();
  EXPECT_FALSE(store_->Accept("d1", MakeRun("03")));
  EXPECT_TRUE(store_->Accept("d2", MakeRun("04")));
  EXPECT_EQ(store_->Recent("", 10).size(), 2u);
}

TEST_F(RunStoreTest, KeepsNothingOfADeliveryWhoseRunItCantKeep) {
  EXPECT_TRUE(store_->Accept("d1", MakeRun("01")));
  EXPECT_THROW(store_->Accept("d2", MakeRun("01")), runtime::base::Error);
  EXPECT_TRUE(store_->Accept("d2", MakeRun("02")));
}

TEST_F(RunStoreTest, KeepsNoRunWhoseDeliveryItCantKeep) {
  Database other(state_.database());
  other.Execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'no'); END");
  EXPECT_THROW(store_->Accept("d1", MakeRun("01")), runtime::base::Error);
  EXPECT_FALSE(store_->Find("01"));
}

TEST_F(RunStoreTest, HandsRunsOutOnceOldestFirst) {
  store_->Accept("d1", MakeRun("02"));
  store_->Accept("d2", MakeRun("01"));
  EXPECT_EQ(store_->TakeNext(now_)->id, "01");
  EXPECT_EQ(store_->TakeNext(now_)->id, "02");
  EXPECT_FALSE(store_->TakeNext(now_));
}

TEST_F(RunStoreTest, QueuesAnInterruptedRunOnceMoreAndThenGivesItUp) {
  store_->Accept("d1", MakeRun("01"));
  EXPECT_EQ(store_->TakeNext(now_)->attempts, 1);
  Reopen();
  EXPECT_EQ(store_->Recover(now_), 1);
  EXPECT_EQ(store_->TakeNext(now_)->attempts, 2);
  Reopen();
  EXPECT_EQ(store_->Recover(now_), 0);
  EXPECT_FALSE(store_->TakeNext(now_));
  const auto run = store_->Find("01");
  EXPECT_EQ(run->state, RunState::kFinished);
  EXPECT_EQ(run->outcome, Outcome::kErrored);
  EXPECT_NE(run->reason, "");
}

TEST_F(RunStoreTest, AStopOfTheServerCostsNoAttempt) {
  store_->Accept("d1", MakeRun("01"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(store_->TakeNext(now_)->attempts, 1);
    store_->Requeue("01");
  }
}

TEST_F(RunStoreTest, KnowsWhatTheForgeWasNotTold) {
  store_->Accept("d1", MakeRun("01"));
  StoredRun run = *store_->TakeNext(now_);
  EXPECT_TRUE(store_->Unreported(now_ - std::chrono::hours(1)).empty());
  run.pipeline = "ci";
  run.outcome = Outcome::kTimedOut;
  run.reason = "slow";
  run.finished = now_;
  store_->Finish(run);
  Reopen();
  ASSERT_EQ(store_->Unreported(now_ - std::chrono::hours(1)).size(), 1u);
  const StoredRun kept = store_->Unreported(now_ - std::chrono::hours(1))[0];
  EXPECT_EQ(kept.pipeline, "ci");
  EXPECT_EQ(kept.outcome, Outcome::kTimedOut);
  EXPECT_EQ(kept.reason, "slow");
  EXPECT_TRUE(store_->Unreported(now_ + std::chrono::hours(1)).empty());
  store_->SetReported("01");
  EXPECT_TRUE(store_->Unreported(now_ - std::chrono::hours(1)).empty());
}

TEST_F(RunStoreTest, ListsTheNewestFirstPageByPage) {
  for (const char* id : {"01", "02", "03"}) {
    store_->Accept(id, MakeRun(id));
  }
  EXPECT_EQ(store_->Recent("", 2).size(), 2u);
  EXPECT_EQ(store_->Recent("", 2)[0].id, "03");
  EXPECT_EQ(store_->Recent("02", 2).size(), 1u);
}

TEST_F(RunStoreTest, ForgetsOldDeliveriesButNotTheirRuns) {
  store_->Accept("d1", MakeRun("01"));
  store_->ForgetDeliveries(now_);
  EXPECT_FALSE(store_->Accept("d1", MakeRun("02")));
  store_->ForgetDeliveries(now_ + std::chrono::seconds(1));
  EXPECT_TRUE(store_->Accept("d1", MakeRun("02")));
  EXPECT_TRUE(store_->Find("01"));
}

TEST_F(RunStoreTest, RefusesTheStateOfANewerVersion) {
  store_.reset();
  Database(state_.database()).Execute("PRAGMA user_version=99");
  try {
    OpenRunStore(state_);
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUnsupported);
    EXPECT_NE(std::string(e.what()).find("newer version"), std::string::npos);
  }
}

TEST_F(RunStoreTest, KeepsTheRunsOfTheVersionBefore) {
  EXPECT_TRUE(store_->Accept("d1", MakeRun("01")));
  store_.reset();
  Database(state_.database()).Execute("ALTER TABLE runs DROP COLUMN file; PRAGMA user_version=2");
  store_ = OpenRunStore(state_);
  ASSERT_TRUE(store_->Find("01"));
  EXPECT_EQ(store_->Find("01")->file, "");
  EXPECT_EQ(store_->Find("01")->event.title, MakeRun("01").event.title);
  EXPECT_TRUE(std::filesystem::exists(state_.database().native() + ".v2"));
}

TEST_F(RunStoreTest, SharesAnEventOutBetweenPipelinesWholeOrNotAtAll) {
  store_->Accept("d1", MakeRun("01"));
  StoredRun other = MakeRun("02");
  other.file = ".runner/b.yml";
  other.pipeline = "b";
  EXPECT_THROW(store_->ShareOut("01", {".runner/a.yml", "a"}, {other, other}),
               runtime::base::Error);
  EXPECT_EQ(store_->Find("01")->file, "");
  EXPECT_FALSE(store_->Find("02"));

  store_->ShareOut("01", {".runner/a.yml", "a"}, {other});
  Reopen();
  EXPECT_EQ(store_->Find("01")->file, ".runner/a.yml");
  EXPECT_EQ(store_->Find("01")->pipeline, "a");
  EXPECT_EQ(store_->Find("02")->file, ".runner/b.yml");
  EXPECT_EQ(store_->Find("02")->pipeline, "b");
  EXPECT_EQ(store_->Find("02")->event.ref, other.event.ref);
}

TEST_F(RunStoreTest, IsUnavailableWhileAnotherProgramLocksTheDatabase) {
  Database other(state_.database());
  other.Execute("BEGIN IMMEDIATE");
  try {
    store_->Accept("d1", MakeRun("01"));
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(e.kind(), runtime::base::ErrorKind::kUnavailable);
  }
  other.Execute("ROLLBACK");
  EXPECT_FALSE(store_->Find("01"));
  EXPECT_TRUE(store_->Accept("d1", MakeRun("01")));
}

TEST_F(RunStoreTest, WaitsForAnotherProgramThatLocksTheDatabaseForAWhile) {
  Database other(state_.database());
  other.Execute("BEGIN IMMEDIATE");
  std::atomic<pid_t> waiter = 0;
  std::future<bool> accepted = std::async(std::launch::async, [&] {
    waiter = ::gettid();
    return store_->Accept("d1", MakeRun("01"));
  });
  // Between its tries it sleeps.
  EXPECT_TRUE(tests::WaitUntil(
      [&] {
        return accepted.wait_for(std::chrono::seconds(0)) == std::future_status::ready ||
               (waiter != 0 && ThreadState(waiter) == 'S');
      },
      std::chrono::seconds(4)));
  other.Execute("ROLLBACK");
  EXPECT_TRUE(accepted.get());
}

TEST_F(RunStoreTest, SaysWhichDatabaseIsBroken) {
  store_.reset();
  runtime::base::WriteFileAtomically(state_.database(), std::string(8192, 'x'));
  try {
    OpenRunStore(state_);
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_NE(std::string(e.what()).find(state_.database().native()), std::string::npos);
  }
}

}  // namespace
}  // namespace runner::serve
