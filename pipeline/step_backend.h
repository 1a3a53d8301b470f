// StepBackend: what the engine needs done, in CI words. The real one is
// runner/container_backend (containers); tests use a fake.
//
// Calls come from several threads at once, one thread per step. A step that fails is a StepResult
// or a value here, never an exception; Error means that we failed (outcome `errored`). Every call
// leaves nothing running behind, however it ends.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run_plan.h"
#include "pipeline/step_result.h"
#include "pipeline/trigger_event.h"

namespace pipeline {

enum class Stream { kStdout, kStderr, kRunner };  // kRunner: lines that we say ourselves

// Where a step's output goes: whole lines without their newline. The backend calls it from one
// thread per step at a time.
class StepLog {
 public:
  virtual ~StepLog() = default;
  virtual void Line(Stream stream, std::string_view line) = 0;
};

struct Checkout {
  WorkspaceLayers workspace;  // of the first checkout one layer: the tree
  // A `.git` with all of the commit's history: its layer, and what it says, 64 hex digits.
  std::string history = {};
  std::string history_id = {};
  std::string commit;       // 40 hex digits; empty in a repository without commits
  std::string tree;         // 40 hex digits
  int64_t commit_time = 0;  // seconds since 1970, for SOURCE_DATE_EPOCH
  std::string branch;       // what HEAD named, when the event said none
  std::string title;
  std::string author;
};

struct CommandRequest {
  std::string step;      // as the file calls it: its name on the network of its job
  std::string name;      // as results and logs call it, "build (gcc, 12)"
  std::string id;        // one of a kind in the run too, fit for a file's name
  uint32_t attempt = 1;  // of the step: the workspace of each is another
  std::string job;       // steps of one job share a network; empty where there is only one
  std::string image;     // reference or digest
  const CommandAction* action = nullptr;
  std::map<std::string, std::string> env;  // all of it
  std::vector<SecretUse> secrets;          // what it may read
  // Of its job: made when the first of its steps asks for a network, ended by EndJob. Those of the
  // step alone, its volumes and caches are in `action`.
  std::vector<ServiceSpec> job_services;
  bool skip_unchanged = false;  // an earlier result with the same key (step_key.h) is the answer
  WorkspaceLayers workspace;
  std::chrono::milliseconds timeout{0};
  const TestsSpec* tests = nullptr;
  const ArtifactsSpec* artifacts = nullptr;
};

struct CollectedFile {
  std::string path;  // in the workspace
  std::string content;
};

// What a command step left, beside its result. The files are read even when it failed.
struct CommandEnd {
  StepResult result;
  std::vector<CollectedFile> reports;  // what TestsSpec::junit matched
};

struct ImageBuildRequest {
  std::string name;  // as of a command
  std::string id;
  std::string from;  // reference or digest; empty: from nothing
  const ImageBuildAction* action = nullptr;
  WorkspaceLayers workspace;
  int64_t created = 0;  // seconds since 1970: the same inputs give the same digest
};

struct PushRequest {
  std::string id;
  std::string image_digest;
  std::string repository;  // "host[:port]/path"
  std::vector<std::string> tags;
  std::vector<SecretUse> secrets;  // what it may read
};

class StepBackend {
 public:
  virtual ~StepBackend() = default;

  // Clones in the git container. `stop` ends it early with an Error.
  virtual Checkout CheckOut(const TriggerEvent& event, StepLog& log, std::stop_token stop) = 0;

  // The same commit again, now that the file has told how it wants its clone.
  virtual Checkout CheckOutAs(const CloneSpec& clone, const TriggerEvent& event,
                              const Checkout& first, StepLog& log, std::stop_token stop) = 0;

  // The files that the event changed, from the repository itself: a push against what the branch
  // was before, a pull request against where it left its base. Nothing where there is no before.
  virtual std::optional<std::vector<std::string>> ChangedPaths(const TriggerEvent& event,
                                                               const Checkout& checkout,
                                                               std::stop_token stop) = 0;

  // A file of a workspace, never through a link out of it; nothing when it isn't there.
  virtual std::optional<std::string> ReadFile(const WorkspaceLayers& workspace,
                                              std::string_view path, size_t max_bytes) = 0;

  // The names of the regular files of a directory of a workspace, `max` at most, in no
  // order; none where there is no such directory. Never through a link.
  virtual std::vector<std::string> ListFiles(const WorkspaceLayers& workspace,
                                             std::string_view directory, size_t max) = 0;

  virtual CommandEnd RunCommand(const CommandRequest& request, StepLog& log,
                                std::stop_token stop) = 0;

  // The result of a request with skip_unchanged passed at its first attempt, its tests as well: a
  // later run may have it for its own. `request` as it was run.
  virtual void KeepResult(const CommandRequest& /*request*/, const StepResult& /*result*/,
                          StepLog& /*log*/) {}

  // The result's image_digest is what later steps run in and push.
  virtual StepResult BuildImage(const ImageBuildRequest& request, StepLog& log,
                                std::stop_token stop) = 0;

  virtual StepResult PushImage(const PushRequest& request, StepLog& log, std::stop_token stop) = 0;

  // No command of the job will follow: its services and its network may go. Called for every job
  // that has one, also where none was run, and for `finally`, whose name is empty as that of the
  // only job is. Must not throw.
  virtual void EndJob(const std::string& /*job*/) {}

  // First path that two layers changed to different contents, for the error of a merge.
  virtual std::optional<std::string> FindConflict(const std::string& layer_a,
                                                  const std::string& layer_b) = 0;
};

}  // namespace pipeline
