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

#include "pipeline/concurrency.h"
#include "pipeline/egress_target.h"
#include "pipeline/expression.h"
#include "pipeline/limits.h"
#include "pipeline/matrix.h"
#include "pipeline/service_spec.h"
#include "pipeline/volume_spec.h"

namespace pipeline {

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
  std::vector<VolumeSpec> volumes;
  std::vector<CacheSpec> caches;
  std::vector<ServiceSpec> services;  // that live as long as the step
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

struct SecretUse {
  std::string name;
  std::string variable;  // which holds it too; empty: the file alone
};
std::vector<std::string> NamesOf(const std::vector<SecretUse>& secrets);

// `retry`: how often a step that failed begins again, and after which failures.
struct RetrySpec {
  uint32_t times = 0;
  bool on_exit = true;  // an exit code, failed tests
  bool on_signal = true;
  bool on_out_of_memory = true;
  bool on_timeout = true;         // of the step
  bool on_infrastructure = true;  // ours: image, registry, disk, host
};

struct StepPlan {
  std::string name;   // one of a kind in the plan: "build", or "build (gcc, 12)" in a matrix
  std::string step;   // as the file calls it: "build"
  std::string id;     // one of a kind too, fit for a file's name: "build-gcc-12"
  std::string job;    // the cell of the file's matrix: "gcc"; empty without one
  MatrixCell matrix;  // values of the job and of the step's own matrix
  std::variant<CommandAction, ImageBuildAction, PushAction> action;
  // Indices into RunPlan::steps, rising: `needs`, else the step before; the steps whose results it
  // mentions; of a push, every step before it that no other step before it waits for. All cells of
  // a step that has several, of the same job.
  std::vector<size_t> needs;
  std::optional<Expression> condition;  // what of `if` only the run can decide
  std::map<std::string, Template> env;  // top-level env merged in
  std::vector<SecretUse> secrets;
  std::optional<TestsSpec> tests;
  std::optional<ArtifactsSpec> artifacts;
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};
  RetrySpec retry;
  bool allow_failure = false;
  // An earlier result of the same inputs stands for it; nothing: the file doesn't say.
  std::optional<bool> skip_unchanged;
  bool fast = false;           // the same, since `--fast` says so: proves no image to a push
  bool in_finally = false;     // begins when all others have ended, however they did
  bool after_failure = false;  // `if` mentions always() or failed(); in `finally`
  bool skipped = false;        // `if` was decided false; skip_reason says by what
  std::string skip_reason;
};

// `clone`, beyond the tree of one commit.
struct CloneSpec {
  enum class Submodules { kNo, kYes, kRecursive };
  Submodules submodules = Submodules::kNo;
  std::string path;     // where the tree is put in the workspace; empty: at its root
  bool lfs = false;     // files of Git LFS in place of their pointers
  bool history = true;  // the workspace has a `.git`
  uint32_t depth = 0;   // commits in it; 0: all
  std::string image;    // whose git writes the files; empty: the runner does
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};  // of that git: the run's
};

struct RunPlan {
  std::string name;
  std::map<std::string, std::string> env;  // of the top level, with the caller's over it
  std::vector<StepPlan> steps;             // in file order, job by job; those of `finally` last
  std::chrono::milliseconds timeout{std::chrono::minutes(60)};
  ConcurrencyRule concurrency;
  std::vector<ServiceSpec> services;  // of each job, for as long as its steps run
};

}  // namespace pipeline
