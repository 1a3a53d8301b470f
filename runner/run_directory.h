// RunDirectory: keeps what is known about a run in runs/ID/ (run_paths.h): the record, one log per
// step, and the merged test report.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/run_observer.h"
#include "reports/run_record.h"
#include "runner/run_paths.h"
#include "runner/step_facts.h"
#include "runner/step_journal.h"
#include "runner/step_log_file.h"
#include "runtime/base/clock.h"
#include "runtime/base/files.h"

namespace runner {

// What is in the record from the start.
struct RunFacts {
  reports::RunnerRecord runner;
  std::vector<std::string> env;      // names
  std::vector<std::string> secrets;  // names
  reports::ResumedRecord resumed = {};
  std::string replays = {};  // a run
  reports::OptionsRecord options = {};
};

// One run per object. The record is replaced atomically when the run starts, is planned and ends,
// and then flushed to disk; what becomes of a step in between is in the journal at once. Observers
// may not throw: the first failure (a full disk) is kept for the caller to report, and the run goes
// on.
class RunDirectory : public pipeline::RunObserver {
 public:
  // `runs` exists (StateDir::runs()); `clock` outlives the object.
  RunDirectory(std::filesystem::path runs, const runtime::base::Clock& clock,
               const LogBounds& bounds = {}, RunFacts facts = {});
  ~RunDirectory() override;

  void RunStarted(const std::string& run_id, const pipeline::TriggerEvent& event) override;
  void PlanMade(const pipeline::RunPlan& plan) override;
  void StepStarted(const std::string& step) override;
  void StepLine(const std::string& step, pipeline::Stream stream, std::string_view line) override;
  void StepFinished(const pipeline::StepSummary& step) override;
  void RunFinished(const pipeline::RunSummary& summary) override;

  // Any thread, until RunFinished() was called; in the record with what is written of the step
  // next.
  void NoteStep(const std::string& step, const StepFacts& facts);
  void NoteImage(const std::string& name, const std::string& digest);

  // Empty when everything was kept.
  const std::string& failure() const { return failure_; }

 private:
  template <typename F>
  void Keep(F&& f);
  reports::StepRecord& Step(const std::string& name);
  void AddFacts(reports::StepRecord& step);
  void WriteRecord(runtime::base::Durability durability);

  const std::filesystem::path runs_;
  const runtime::base::Clock& clock_;
  const LogBounds bounds_;
  std::optional<RunPaths> paths_;
  std::optional<runtime::base::FileLock> lock_;
  std::optional<StepJournal> journal_;
  reports::RunRecord record_;
  std::map<std::string, size_t> places_;     // of steps in the record
  std::map<std::string, StepLogFile> logs_;  // of steps that run
  std::mutex mutex_;                         // guards facts_ and images_
  std::map<std::string, StepFacts> facts_;
  std::map<std::string, std::string> images_;
  std::string failure_;
};

// The largest record that is read.
inline constexpr size_t kMaxRecordBytes = 64u << 20;

// A record from its file; one that says "running" while no program holds the run's lock comes as
// errored. Throws Error; nothing when there is none.
std::optional<reports::RunRecord> ReadRunRecord(const RunPaths& paths);

}  // namespace runner
