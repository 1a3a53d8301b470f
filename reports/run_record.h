// RunRecord: what is known about one run, while it goes on and after: why it started, what it was
// to do, on what it did it, and how that went. Never a secret's value, nor that of a variable.
// Plain data; the run directory writes it, pages and the API show it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run_plan.h"
#include "pipeline/step_result.h"
#include "pipeline/trigger_event.h"

namespace reports {

enum class RunState { kQueued, kRunning, kFinished };
enum class StepState { kPending, kRunning, kFinished };

// Kept to the millisecond.
using WallTime = std::chrono::system_clock::time_point;

// A step's log as it is kept.
struct LogRecord {
  uint64_t lines = 0;  // that the step wrote
  uint64_t bytes = 0;  // of the file
  std::string digest;  // of the file, "sha256:..."; empty while the step runs
};

// Which runner it was, and where.
struct RunnerRecord {
  std::string version;
  std::string kernel;   // uname(2): "6.1.0-18-amd64"
  std::string machine;  // "x86_64"
  unsigned cpus = 0;
  std::string seccomp;  // digest of the default profile's program
};

// Of a run that goes on from another: not a clean one.
struct ResumedRecord {
  std::string run;   // empty: it began anew
  std::string from;  // the first step that was run again
  bool patched = false;
};

// What the one who started it chose, beside names of variables and secrets.
struct OptionsRecord {
  std::string file;                // `--file`; empty: the default
  std::vector<std::string> steps;  // `--step`
  pipeline::MatrixCell matrix;     // `--matrix`
  bool operator==(const OptionsRecord&) const = default;
};

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
  std::string reused_from;  // the run whose result it took (`skip-unchanged`); empty: its own
  pipeline::Usage usage;
  std::string image_digest;
  std::vector<std::string> pushed;  // "host/name:tag@sha256:..."
  bool has_tests = false;
  pipeline::TestTotals tests;
  pipeline::Limits limits;  // that it had, defaults filled in; all zero for none
  // Of what it changed in the workspace, as runner/layer_digests.h says; empty: nothing. Of the
  // clone: of the tree.
  std::string layer_digest;
  // Of the clone: 64 hex digits, by the commits, tags and branch of its `.git`; empty: it has none,
  // or nobody noted it.
  std::string history;
  LogRecord log;
};

struct RunRecord {
  int version = 3;  // of the form that it was read from
  std::string id;
  RunState state = RunState::kQueued;
  pipeline::TriggerEvent event;
  std::string pipeline;     // its name; empty until the file was read
  std::string commit;       // that was checked out
  std::string tree;         // of it, with a working tree's changes
  int64_t commit_time = 0;  // seconds since 1970: SOURCE_DATE_EPOCH
  WallTime started;
  RunnerRecord runner;
  ResumedRecord resumed;
  std::string replays;  // the run whose record this one was made from; empty: none
  OptionsRecord options;
  std::vector<std::string> env;               // names of `--env`
  std::vector<std::string> secrets;           // names of what steps could be given
  std::map<std::string, std::string> images;  // names that steps use, with their digests
  std::string plan;                           // JSON (plan_json.h); empty until it was made
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
// (kUnsupported) for one of a newer version. Records of earlier versions lack what came later;
// `version` then says which it was.
std::string ToJson(const RunRecord& record);
RunRecord RunRecordFromJson(std::string_view json);

// The same for one step, in one line and of this version.
std::string ToJson(const StepRecord& step);
StepRecord StepRecordFromJson(std::string_view json);

// Of the records that ToJson writes.
inline constexpr int kRecordVersion = 3;

}  // namespace reports
