// StepResult: how a step ended, and what it left.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/test_report.h"
#include "pipeline/workflow_command.h"

namespace pipeline {

// PIPELINE.md "Outcomes".
enum class Outcome { kPassed, kFlaky, kWarned, kSkipped, kFailed, kErrored, kCancelled, kTimedOut };
std::string_view ToString(Outcome outcome);
// Passed, flaky, warned or skipped: nothing that must be looked at. A step that was skipped because
// an earlier one failed counts by that earlier one.
bool IsSuccess(Outcome outcome);
// The one that decides a run that has both: skipped, passed, flaky, warned, cancelled, timed-out,
// failed, errored, in rising order.
Outcome Worse(Outcome a, Outcome b);

// Why it ended as it did; part of every result.
enum class Cause { kNone, kExitCode, kSignal, kOutOfMemory, kTimeout, kTests, kDisk, kOurs };

// Of all processes of the step. 0 where the host doesn't tell.
struct Usage {
  std::chrono::milliseconds wall{0};
  std::chrono::milliseconds user{0};
  std::chrono::milliseconds system{0};
  uint64_t peak_memory_bytes = 0;
  uint64_t read_bytes = 0;  // from and to disks
  uint64_t written_bytes = 0;
  uint64_t peak_processes = 0;  // and threads, at once
};

// A stack of workspace layers, lowest first. The ids mean something to the backend only.
using WorkspaceLayers = std::vector<std::string>;

struct StepResult {
  Outcome outcome = Outcome::kSkipped;
  Cause cause = Cause::kNone;
  int exit_code = 0;  // for kExitCode
  int signal = 0;     // for kSignal
  uint32_t attempts = 1;
  std::string reused_from;  // the run whose result this is (`skip-unchanged`); empty: its own
  std::string reason;  // one line for people: "exit code 2", "killed by SIGSEGV", "out of memory:
                       // peak 64.0 MiB, limit 64.0 MiB", "image x: not found ..."
  Usage usage;
  WorkspaceLayers workspace;        // after the step
  std::string image_digest;         // image-build: what was built; run/argv: what it ran in
  std::vector<std::string> pushed;  // push: "host/name:tag@sha256:..."
  std::map<std::string, std::string> outputs;
  std::string summary;                       // Markdown of the step, at most 1 MiB
  std::vector<WorkflowCommand> annotations;  // errors, warnings and notices of its output
  TestReport tests;
  bool has_tests = false;
};

}  // namespace pipeline
