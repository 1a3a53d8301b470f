// RunPlan: what a run will do, compiled from a pipeline file: no condition left that could be
// decided when it was made. A value; steps refer to each other by index.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/egress_target.h"
#include "pipeline/expression.h"

namespace pipeline {

// Zero or empty: the runner's default.
struct Limits {
  double cpus = 0;
  uint64_t memory_bytes = 0;
  uint64_t disk_bytes = 0;
  uint32_t pids = 0;
  uint32_t open_files = 0;
};

enum class Network { kNone, kJob, kFull };
enum class WorkspaceAccess { kReadWrite, kReadOnly, kNone };

// `run` and `argv`.
struct CommandAction {
  Template image;  // reference, digest, or steps.X.image
  // For `run`: the shell with the script as its last argument. The engine makes `argv` of
  // `argv_source` just before the step starts.
  std::vector<Template> argv_source;
  std::vector<std::string> argv;
  bool needs_shell = false;  // argv came from `run`: say "use argv" when there is no shell
  std::string user;          // empty: the image's
  std::string workdir;       // empty: /workspace
  WorkspaceAccess workspace = WorkspaceAccess::kReadWrite;
  std::optional<Network> network;                   // nothing: full, or what of it this host has
  std::optional<std::vector<EgressTarget>> egress;  // all that it reaches of the world
  Limits limits;
};

// `image-build` from a base and copies.
struct ImageBuildAction {
  Template from;  // empty text: from nothing ("scratch")
  struct Copy {
    std::string source;  // path in the workspace; "dir/" copies its content
    std::string target;  // absolute path in the image
  };
  std::vector<Copy> copies;
  // The engine makes `env` and `labels` of their sources just before the step starts.
  std::map<std::string, Template> env_source;
  std::map<std::string, std::string> env;
  std::optional<std::string> user;
  std::optional<std::string> workdir;
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  std::map<std::string, Template> labels_source;
  std::map<std::string, std::string> labels;
  std::vector<std::string> expose;
};

// `push`.
struct PushAction {
  Template image;
  Template to;                 // repository with registry, without tag
  std::vector<Template> tags;  // "latest" when the file names none
  bool untested = false;
};

struct TestsSpec {
  std::vector<std::string> junit;  // globs in the workspace
  bool fail_on_failure = true;
  bool fail_on_error = true;
  bool fail_on_no_tests = true;
};

struct ArtifactsSpec {
  std::vector<std::string> paths;  // globs in the workspace
  enum class When { kAlways, kSuccess, kFailure };
  When when = When::kAlways;
};

struct StepPlan {
  std::string name;
  std::variant<CommandAction, ImageBuildAction, PushAction> action;
  // Indices into RunPlan::steps, rising: `needs`, else the step before; the steps whose results it
  // mentions; of a push, every step before it that no other step before it waits for.
  std::vector<size_t> needs;
  std::optional<Expression> condition;  // what of `if` only the run can decide
  std::map<std::string, Template> env;  // top-level env merged in
  std::vector<std::string> secrets;
  std::optional<TestsSpec> tests;
  std::optional<ArtifactsSpec> artifacts;
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};
  bool allow_failure = false;
  bool after_failure = false;  // `if` mentions always() or failed()
  bool skipped = false;        // `if` was decided false; skip_reason says by what
  std::string skip_reason;
};

struct RunPlan {
  std::string name;
  std::map<std::string, std::string> env;  // of the top level, with the caller's over it
  std::vector<StepPlan> steps;             // in file order
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};
};

}  // namespace pipeline
