// Names of a run and of its files: runs/ID/{record.json,junit.xml,lock,logs/STEP.log}.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"

namespace runner {

// "20260131-120000-3f9a2c": the time, UTC, and a random part. Ids sort by time.
std::string NewRunId(const runtime::base::Clock& clock);

// May `id` name a directory of a run? Letters, digits, '-' and '_', at most 64.
bool IsRunId(std::string_view id);

struct RunPaths {
  // `runs` is StateDir::runs(); `id` satisfies IsRunId.
  RunPaths(const std::filesystem::path& runs, std::string_view id) : directory(runs / id) {}

  std::filesystem::path directory;
  std::filesystem::path record() const { return directory / "record.json"; }
  std::filesystem::path junit() const { return directory / "junit.xml"; }
  // Held by the program that runs it: a record that says "running" without this lock is of a
  // runner that died.
  std::filesystem::path lock() const { return directory / "lock"; }
  std::filesystem::path logs() const { return directory / "logs"; }
  // Whatever the step's name is, a file directly in logs(), and different for different names.
  std::filesystem::path log(std::string_view step) const;
};

}  // namespace runner
