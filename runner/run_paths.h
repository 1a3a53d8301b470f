// Names of a run's files:
// runs/ID/{record.json,steps.jsonl,junit.xml,lock,control,kept/,logs/STEP.{log,index},
// layers/STEP.list,artifacts/STEP/}.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace runner {

struct RunPaths {
  // `runs` is StateDir::runs(); `id` satisfies IsRunId (run_id.h).
  RunPaths(const std::filesystem::path& runs, std::string_view id) : directory(runs / id) {}

  std::filesystem::path directory;
  std::filesystem::path record() const { return directory / "record.json"; }
  // What came after it, while the run goes on (step_journal.h).
  std::filesystem::path step_journal() const { return directory / "steps.jsonl"; }
  std::filesystem::path junit() const { return directory / "junit.xml"; }
  // Held by the program that runs it: a record that says "running" without this lock is of a
  // runner that died.
  std::filesystem::path lock() const { return directory / "lock"; }
  // Takes orders while it runs (run_control.h).
  std::filesystem::path control() const { return directory / "control"; }
  // What is kept to go on from (kept_run.h): kept/start.json, kept/STEP.step.
  std::filesystem::path kept() const { return directory / "kept"; }
  std::filesystem::path kept_start() const { return kept() / "start.json"; }
  std::filesystem::path kept_step(std::string_view step) const;
  // What a step changed in the workspace, file by file (layer/listing.h).
  std::filesystem::path listings() const { return directory / "layers"; }
  std::filesystem::path listing(std::string_view step) const;
  // artifacts/STEP/: what a step exported.
  std::filesystem::path artifacts() const { return directory / "artifacts"; }
  std::filesystem::path logs() const { return directory / "logs"; }
  // Whatever the step's name is, a file directly in logs(), and different for different names.
  std::filesystem::path log(std::string_view step) const;
  // Its index (log_index.h).
  std::filesystem::path log_index(std::string_view step) const;
};

}  // namespace runner
