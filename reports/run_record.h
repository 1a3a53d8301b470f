// RunRecord: what is known about one run, while it goes on and after. Plain data; the run directory
// writes it, pages and the API show it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/step_result.h"
#include "pipeline/trigger_event.h"

namespace reports {

enum class RunState { kQueued, kRunning, kFinished };
enum class StepState { kPending, kRunning, kFinished };

// Kept to the millisecond.
using WallTime = std::chrono::system_clock::time_point;

struct StepRecord {
  std::string name;
  std::string kind;                // "clone", "run", "image-build", "push"
  std::vector<std::string> needs;  // names
  StepState state = StepState::kPending;
  WallTime started;
  // The rest is known once it finished.
  pipeline::Outcome outcome = pipeline::Outcome::kSkipped;
  pipeline::Cause cause = pipeline::Cause::kNone;
  int exit_code = 0;
  int signal = 0;
  std::string reason;
  pipeline::Usage usage;
  std::string image_digest;
  std::vector<std::string> pushed;  // "host/name:tag@sha256:..."
  bool has_tests = false;
  pipeline::TestTotals tests;
};

struct RunRecord {
  std::string id;
  RunState state = RunState::kQueued;
  pipeline::TriggerEvent event;
  std::string pipeline;  // its name; empty until the file was read
  std::string commit;    // that was checked out
  WallTime started;
  // Known once it finished.
  std::chrono::milliseconds duration{0};
  pipeline::Outcome outcome = pipeline::Outcome::kErrored;
  std::string reason;
  std::vector<std::string> diagnostics;  // of an invalid pipeline file, as pipeline::Format
  pipeline::TestTotals tests;
  bool has_tests = false;
  std::vector<StepRecord> steps;  // in file order, the clone first
};

// "queued", "running", or the outcome of a finished run.
std::string_view StatusWord(const RunRecord& record);
// The same for a step; "pending" before it starts.
std::string_view StatusWord(const StepRecord& step);

// JSON with a "version". FromJson throws Error (kInvalid) for what isn't a record and
// (kUnsupported) for one of a newer version.
std::string ToJson(const RunRecord& record);
RunRecord RunRecordFromJson(std::string_view json);

}  // namespace reports
