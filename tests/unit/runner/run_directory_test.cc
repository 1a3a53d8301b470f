#include "runner/run_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/junit_reader.h"
#include "runtime/base/error.h"
#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using pipeline::Outcome;
using pipeline::Stream;
using reports::RunState;
using reports::StepState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunDirectoryTest : public testing::Test {
 protected:
  RunDirectoryTest() : dir_("/tmp", "runs"), paths_(dir_.path(), FailedRun().id) {}

  pipeline::RunPlan Plan() {
    pipeline::RunPlan plan;
    plan.name = "hello-cpp";
    plan.steps.resize(3);
    plan.steps[0].name = "build";
    plan.steps[1].name = "test";
    plan.steps[1].needs = {0};
    plan.steps[2].name = "push";
    plan.steps[2].action = pipeline::PushAction{};
    plan.steps[2].needs = {1};
    return plan;
  }

  // The calls of a run up to its test step.
  void Begin(RunDirectory& directory) {
    const pipeline::RunSummary run = FailedRun();
    directory.RunStarted(run.id, run.event);
    directory.StepStarted("clone");
    directory.StepFinished(run.steps[0]);
    directory.PlanMade(Plan());
    directory.StepStarted("build");
    directory.StepFinished(run.steps[1]);
    directory.StepStarted("test");
    directory.StepLine("test", Stream::kStdout, "2 tests");
    clock_.Pass(std::chrono::milliseconds(1234));
    directory.StepLine("test", Stream::kStderr,
                       "\x1b]0;x\x07"
                       "bad");
  }

  runtime::base::TemporaryDirectory dir_;
  RunPaths paths_;
  FakeClock clock_;
};

TEST_F(RunDirectoryTest, TellsWhatIsKnownWhileTheRunGoesOn) {
  RunDirectory directory(dir_.path(), clock_);
  Begin(directory);
  const auto record = ReadRunRecord(paths_);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, RunState::kRunning);
  EXPECT_EQ(record->pipeline, "hello-cpp");
  ASSERT_EQ(record->steps.size(), 4u);
  EXPECT_EQ(record->steps[0].state, StepState::kFinished);
  EXPECT_EQ(record->steps[2].state, StepState::kRunning);
  EXPECT_THAT(record->steps[2].needs, ElementsAre("build"));
  EXPECT_EQ(record->steps[3].state, StepState::kPending);
  EXPECT_EQ(record->steps[3].kind, "push");
  EXPECT_THAT(directory.failure(), IsEmpty());
}

TEST_F(RunDirectoryTest, KeepsEachLineWithTimeStreamAndAllBytes) {
  RunDirectory directory(dir_.path(), clock_);
  Begin(directory);
  EXPECT_EQ(runtime::base::ReadFile(paths_.log("test")),
            "2026-01-31T12:00:00.000Z out 2 tests\n"
            "2026-01-31T12:00:01.234Z err \x1b]0;x\abad\n");
}

TEST_F(RunDirectoryTest, KeepsTheWholeResultAndTheReport) {
  const pipeline::RunSummary run = FailedRun();
  {
    RunDirectory directory(dir_.path(), clock_);
    Begin(directory);
    directory.StepFinished(run.steps[2]);
    directory.StepFinished(run.steps[3]);
    directory.RunFinished(run);
    EXPECT_THAT(directory.failure(), IsEmpty());
  }
  const auto record = ReadRunRecord(paths_);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, RunState::kFinished);
  EXPECT_EQ(record->outcome, Outcome::kFailed);
  EXPECT_EQ(record->reason, run.reason);
  EXPECT_EQ(record->duration, run.duration);
  EXPECT_EQ(record->commit, run.checkout.commit);
  EXPECT_EQ(record->event.title, "Say hello");
  EXPECT_EQ(record->tests.failed, 1u);
  EXPECT_EQ(record->steps[2].outcome, Outcome::kFailed);
  EXPECT_EQ(record->steps[2].cause, pipeline::Cause::kTests);
  EXPECT_EQ(record->steps[2].usage.wall, std::chrono::milliseconds(2000));
  EXPECT_EQ(record->steps[3].reason, "test failed");
  const auto report = reports::ReadJunit({{"junit.xml", runtime::base::ReadFile(paths_.junit())}});
  ASSERT_EQ(report.cases.size(), 2u);
  EXPECT_EQ(report.cases[1].line, 12);
}

TEST_F(RunDirectoryTest, KeepsThePushedDigest) {
  RunDirectory directory(dir_.path(), clock_);
  Begin(directory);
  directory.RunFinished(PassedRun());
  const auto record = ReadRunRecord(paths_);
  EXPECT_EQ(record->steps[3].pushed, PassedRun().steps[3].result.pushed);
}

TEST_F(RunDirectoryTest, ARunWhoseRunnerDiedIsErrored) {
  {
    RunDirectory directory(dir_.path(), clock_);
    Begin(directory);
  }
  const auto record = ReadRunRecord(paths_);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, RunState::kFinished);
  EXPECT_EQ(record->outcome, Outcome::kErrored);
  EXPECT_THAT(record->reason, HasSubstr("died"));
  EXPECT_EQ(record->steps[2].outcome, Outcome::kErrored);
  EXPECT_EQ(record->steps[3].outcome, Outcome::kSkipped);
}

TEST_F(RunDirectoryTest, WhatWasCutInTheJournalSaysNothing) {
  RunDirectory directory(dir_.path(), clock_);
  Begin(directory);
  const std::string whole = runtime::base::ReadFile(paths_.step_journal());
  // The disk was full in the middle of a line, and another was written after it.
  const size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  runtime::base::WriteFileAtomically(
      paths_.step_journal(),
      whole.substr(0, last + 10) + whole.substr(0, last) + "{\"name\": \"te");
  const auto record = ReadRunRecord(paths_);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->steps.size(), 4u);
  EXPECT_EQ(record->steps[1].state, StepState::kFinished);
  EXPECT_EQ(record->steps[2].state, StepState::kPending);
}

TEST_F(RunDirectoryTest, ARunThatEndedHasNoJournal) {
  RunDirectory directory(dir_.path(), clock_);
  Begin(directory);
  directory.RunFinished(FailedRun());
  EXPECT_FALSE(std::filesystem::exists(paths_.step_journal()));
  EXPECT_EQ(ReadRunRecord(paths_)->steps[2].state, StepState::kFinished);
}

TEST_F(RunDirectoryTest, NeverThrowsButSaysWhatIsMissing) {
  runtime::base::WriteFileAtomically(dir_.path() / "file", "");
  RunDirectory directory(dir_.path() / "file", clock_);
  Begin(directory);
  directory.RunFinished(FailedRun());
  EXPECT_THAT(directory.failure(), HasSubstr("incomplete"));
}

TEST_F(RunDirectoryTest, RefusesAnIdThatLeavesTheDirectory) {
  RunDirectory directory(dir_.path() / "runs", clock_);
  directory.RunStarted("../outside", {});
  directory.RunFinished(FailedRun());
  EXPECT_THAT(directory.failure(), HasSubstr("can't be the name of a run"));
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "outside"));
}

TEST_F(RunDirectoryTest, RefusesARecordOfANewerVersion) {
  std::filesystem::create_directories(paths_.directory);
  runtime::base::WriteFileAtomically(paths_.record(), "{\"version\": 99}");
  EXPECT_THROW(ReadRunRecord(paths_), runtime::base::Error);
  runtime::base::WriteFileAtomically(paths_.record(), "{\"version\": 1, \"id\": 7}");
  EXPECT_THROW(ReadRunRecord(paths_), runtime::base::Error);
  runtime::base::WriteFileAtomically(paths_.record(), "[");
  EXPECT_THROW(ReadRunRecord(paths_), runtime::base::Error);
}

}  // namespace
}  // namespace runner
