// `concurrency` in the store: what survives, and who ends whom.
#include <gtest/gtest.h>

#include "runner/serve/run_store.h"
#include "runner/serve/sqlite.h"
#include "runtime/base/files.h"
#include "tests/unit/runner/serve/stored_run.h"

namespace runner::serve {
namespace {

using pipeline::ConcurrencyRule;
using pipeline::Outcome;

const ConcurrencyRule kOneAtATime = {"pie/hubot:g", false, 1, "g"};
const ConcurrencyRule kNewest = {"pie/hubot:g", true, 1, "g"};

class RunGroupsTest : public ::testing::Test {
 protected:
  RunGroupsTest() : directory_("/tmp", "store"), state_(directory_.path()) { Reopen(); }
  void Reopen() {
    store_.reset();
    store_ = OpenRunStore(state_);
  }
  // Accepts a run and takes it.
  void Take(const std::string& id) {
    store_->Accept("d" + id, MakeRun(id));
    EXPECT_EQ(store_->TakeNext(now_)->id, id);
  }
  void Finish(const std::string& id) {
    StoredRun run = *store_->Find(id);
    run.outcome = Outcome::kPassed;
    store_->Finish(run);
  }
  Time now_ = MakeRun("").queued;
  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  std::unique_ptr<RunStore> store_;
};

TEST_F(RunGroupsTest, ARunThatWaitsIsTakenAgainWhenItsGroupHasRoom) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", kOneAtATime, true, now_).start);
  Take("02");
  EXPECT_FALSE(store_->Admit("02", kOneAtATime, true, now_).start);
  store_->Requeue("02");
  EXPECT_FALSE(store_->TakeNext(now_));
  EXPECT_EQ(store_->Find("02")->group, "g");
  Finish("01");
  EXPECT_EQ(store_->TakeNext(now_)->id, "02");
  EXPECT_EQ(store_->Find("02")->attempts, 1);
  EXPECT_TRUE(store_->Admit("02", kOneAtATime, true, now_).start);
}

TEST_F(RunGroupsTest, ARunThatWaitsStillDoesSoAfterACrash) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", kOneAtATime, true, now_).start);
  Take("02");
  EXPECT_FALSE(store_->Admit("02", kOneAtATime, true, now_).start);
  Reopen();  // before it was put back
  EXPECT_EQ(store_->Recover(now_), 2);
  EXPECT_EQ(store_->TakeNext(now_)->id, "01");
  EXPECT_FALSE(store_->TakeNext(now_)) << "its turn comes after the first one's";
  EXPECT_TRUE(store_->Admit("01", kOneAtATime, true, now_).start);
  Finish("01");
  EXPECT_EQ(store_->TakeNext(now_)->id, "02");
}

TEST_F(RunGroupsTest, ANewerRunEndsTheOlderOnes) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", kNewest, true, now_).start);
  Take("02");
  EXPECT_FALSE(store_->Admit("02", kOneAtATime, true, now_).start);
  store_->Requeue("02");
  Take("03");
  const Turn turn = store_->Admit("03", kNewest, true, now_);
  EXPECT_FALSE(turn.start) << "the first one hasn't ended yet";
  ASSERT_EQ(turn.ending.size(), 1u);
  EXPECT_EQ(turn.ending[0].id, "01");
  ASSERT_EQ(turn.ended.size(), 1u);
  EXPECT_EQ(turn.ended[0].id, "02");
  EXPECT_EQ(store_->Find("02")->state, RunState::kFinished);
  EXPECT_EQ(store_->Find("02")->outcome, Outcome::kCancelled);
  EXPECT_EQ(store_->Find("02")->reason, "cancelled by run 03, group \"g\"");
}

TEST_F(RunGroupsTest, ARunThatWasToBeEndedDoesNotStartAgainAfterACrash) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", kNewest, true, now_).start);
  Take("02");
  EXPECT_FALSE(store_->Admit("02", kNewest, true, now_).start);
  Reopen();
  EXPECT_EQ(store_->Recover(now_), 1);
  EXPECT_EQ(store_->Find("01")->outcome, Outcome::kCancelled);
  EXPECT_EQ(store_->Find("01")->reason, "cancelled by run 02, group \"g\"");
  EXPECT_EQ(store_->TakeNext(now_)->id, "02");
  EXPECT_TRUE(store_->Admit("02", kNewest, true, now_).start);
}

TEST_F(RunGroupsTest, AnOlderRunThatLearnsItsGroupLateIsEnded) {
  Take("01");
  Take("02");
  EXPECT_TRUE(store_->Admit("02", kNewest, true, now_).start);
  const Turn turn = store_->Admit("01", kNewest, true, now_);
  EXPECT_FALSE(turn.start);
  EXPECT_EQ(turn.cancelled, "cancelled by run 02, group \"g\"");
  EXPECT_TRUE(turn.ending.empty());
}

TEST_F(RunGroupsTest, ARunThatIsToBeEndedIsToldSoWhenItAsks) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", kOneAtATime, true, now_).start);
  Take("02");
  EXPECT_FALSE(store_->Admit("02", kOneAtATime, true, now_).start);
  Take("03");
  EXPECT_EQ(store_->Admit("03", kNewest, true, now_).ending.size(), 2u);
  EXPECT_EQ(store_->Admit("02", kOneAtATime, true, now_).cancelled,
            "cancelled by run 03, group \"g\"");
}

TEST_F(RunGroupsTest, GroupsOfOtherKeysAreLeftAlone) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", {"eve/hubot:g", true, 1, "g"}, true, now_).start);
  Take("02");
  const Turn turn = store_->Admit("02", kNewest, true, now_);
  EXPECT_TRUE(turn.start);
  EXPECT_TRUE(turn.ending.empty());
}

TEST_F(RunGroupsTest, ARunWithoutAPlaceEndsTheOlderOneAndThenWaitsForAPlace) {
  Take("01");
  EXPECT_TRUE(store_->Admit("01", kNewest, true, now_).start);
  store_->Accept("d2", MakeRun("02"));
  EXPECT_EQ(store_->TakeSuperseding(now_)->id, "02");
  EXPECT_EQ(store_->Admit("02", kNewest, false, now_).ending.size(), 1u);
  store_->Requeue("02");
  EXPECT_FALSE(store_->TakeSuperseding(now_)) << "it has been looked at";
  EXPECT_FALSE(store_->TakeNext(now_));
  Finish("01");
  EXPECT_FALSE(store_->TakeSuperseding(now_));
  EXPECT_EQ(store_->TakeNext(now_)->id, "02");
}

TEST_F(RunGroupsTest, ARunWithoutAPlaceDoesNotStartThoughItsGroupLetsIt) {
  Take("01");
  store_->Accept("d2", MakeRun("02"));
  EXPECT_EQ(store_->TakeSuperseding(now_)->id, "02");
  EXPECT_FALSE(store_->Admit("02", {}, false, now_).start);
  store_->Requeue("02");
  EXPECT_EQ(store_->TakeNext(now_)->id, "02");
}

TEST_F(RunGroupsTest, TheNameOfAGroupIsCutAndSafeToShow) {
  const std::string reason = CancelledBy("01", "\x1b[31m" + std::string(4'000, 'x'));
  EXPECT_EQ(reason.find('\x1b'), std::string::npos);
  EXPECT_LT(reason.size(), 140u);
}

TEST_F(RunGroupsTest, ADatabaseOfTheFirstVersionIsBroughtUpToDateAndKept) {
  store_.reset();
  std::filesystem::remove(state_.database());
  {
    Database old(state_.database());
    old.Execute(R"(
      CREATE TABLE runs (id TEXT PRIMARY KEY, event TEXT NOT NULL, state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, pipeline TEXT NOT NULL DEFAULT '',
        outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
        reported INTEGER NOT NULL DEFAULT 0, queued INTEGER NOT NULL,
        started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
      CREATE TABLE deliveries (id TEXT PRIMARY KEY, run TEXT NOT NULL, received INTEGER NOT NULL)
        WITHOUT ROWID;
      INSERT INTO runs (id, event, state, queued) VALUES ('01', '{"kind":"push",
        "repository":"pie/hubot","clone-url":"https://example.org/r.git","ref":"refs/heads/main",
        "branch":"main","tag":"","commit":"","pull-request":0,"author":"","title":""}',
        'queued', 1700000000000);
      PRAGMA user_version=1;)");
  }
  Reopen();
  const auto taken = store_->TakeNext(now_);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->event.repository, "pie/hubot");
  Database copy(state_.database().native() + ".v1");
  Statement runs(copy.get(), "SELECT state FROM runs");
  ASSERT_TRUE(runs.Step());
  EXPECT_EQ(runs.Text(0), "queued");
}

}  // namespace
}  // namespace runner::serve
