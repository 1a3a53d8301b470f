// FakeBackend: a StepBackend without containers. Steps pass unless a test scripts them; every call
// is recorded.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/run.h"
#include "pipeline/step_backend.h"
#include "runtime/base/error.h"

namespace pipeline {

struct RecordedCommand {
  CommandRequest request;  // its pointers are spent
  CommandAction action;
};

struct RecordedBuild {
  ImageBuildRequest request;
  ImageBuildAction action;
};

// A command step that ended well, with a layer of its own on top.
inline CommandEnd Passed(const CommandRequest& request) {
  CommandEnd end;
  end.result.outcome = Outcome::kPassed;
  end.result.workspace = request.workspace;
  end.result.workspace.push_back("layer-" + request.id);
  end.result.image_digest = request.image;
  return end;
}

inline CommandEnd ExitedWith(int code, const CommandRequest& request) {
  CommandEnd end = Passed(request);
  end.result.outcome = Outcome::kFailed;
  end.result.cause = Cause::kExitCode;
  end.result.exit_code = code;
  end.result.reason = "exit code " + std::to_string(code);
  return end;
}

inline CommandEnd Cancelled(const CommandRequest& request) {
  CommandEnd end = Passed(request);
  end.result.outcome = Outcome::kCancelled;
  return end;
}

class FakeBackend : public StepBackend {
 public:
  using Command = std::function<CommandEnd(const CommandRequest&, StepLog&, std::stop_token)>;

  // Set before the run.
  std::map<std::string, std::string> files;  // of the checkout
  std::map<std::string, Command> commands;   // by id of the step; others pass
  std::map<std::pair<std::string, std::string>, std::string> conflicts;  // layers -> path
  std::function<Checkout()> check_out = [] {
    Checkout checkout;
    checkout.workspace = {"tree"};
    checkout.commit = std::string(40, 'a');
    checkout.commit_time = 1700000000;
    checkout.branch = "main";
    checkout.title = "A title";
    return checkout;
  };

  std::optional<std::vector<std::string>> changed;  // paths of the event

  // Read after the run.
  std::map<std::string, RecordedCommand> ran;
  std::map<std::string, RecordedBuild> built;
  std::map<std::string, PushRequest> pushed;
  std::optional<CloneSpec> cloned_as;
  std::vector<std::string> kept;  // ids of steps whose results are for later runs
  std::vector<std::string> ended_jobs;
  std::vector<std::string> order;  // steps as their calls began

  Checkout CheckOut(const TriggerEvent& /*event*/, StepLog& log,
                    std::stop_token /*stop*/) override {
    log.Line(Stream::kRunner, "fetching");
    return check_out();
  }

  Checkout CheckOutAs(const CloneSpec& clone, const TriggerEvent& /*event*/, const Checkout& first,
                      StepLog& /*log*/, std::stop_token /*stop*/) override {
    cloned_as = clone;
    return first;
  }

  std::optional<std::vector<std::string>> ChangedPaths(const TriggerEvent& /*event*/,
                                                       const Checkout& /*checkout*/,
                                                       std::stop_token /*stop*/) override {
    return changed;
  }

  std::optional<std::string> ReadFile(const WorkspaceLayers& /*workspace*/, std::string_view path,
                                      size_t /*max_bytes*/) override {
    const auto found = files.find(std::string(path));
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<std::string> ListFiles(const WorkspaceLayers& /*workspace*/,
                                     std::string_view directory, size_t max) override {
    const std::string prefix = std::string(directory) + "/";
    std::vector<std::string> names;
    for (const auto& [path, text] : files) {
      if (path.starts_with(prefix) && names.size() < max) {
        names.push_back(path.substr(prefix.size()));
      }
    }
    return names;
  }

  CommandEnd RunCommand(const CommandRequest& request, StepLog& log,
                        std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      order.push_back(request.id);
      ran[request.id] = {request, *request.action};
    }
    const auto scripted = commands.find(request.id);
    return scripted == commands.end() ? Passed(request) : scripted->second(request, log, stop);
  }

  void KeepResult(const CommandRequest& request, const StepResult& /*result*/,
                  StepLog& /*log*/) override {
    const std::lock_guard lock(mutex_);
    kept.push_back(request.id);
  }

  StepResult BuildImage(const ImageBuildRequest& request, StepLog& /*log*/,
                        std::stop_token /*stop*/) override {
    const std::lock_guard lock(mutex_);
    order.push_back(request.id);
    built[request.id] = {request, *request.action};
    StepResult result;
    result.outcome = Outcome::kPassed;
    result.image_digest = "sha256:" + request.id;
    return result;
  }

  StepResult PushImage(const PushRequest& request, StepLog& /*log*/,
                       std::stop_token /*stop*/) override {
    const std::lock_guard lock(mutex_);
    order.push_back(request.id);
    pushed[request.id] = request;
    StepResult result;
    result.outcome = Outcome::kPassed;
    result.pushed = {request.repository + "@" + request.image_digest};
    return result;
  }

  void EndJob(const std::string& job) override {
    const std::lock_guard lock(mutex_);
    ended_jobs.push_back(job);
  }

  std::optional<std::string> FindConflict(const std::string& a, const std::string& b) override {
    const std::lock_guard lock(mutex_);
    const auto found = conflicts.find({a, b});
    return found == conflicts.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::mutex mutex_;
};

// Runs the text as the checkout's .runner.yml.
inline RunSummary RunText(FakeBackend& backend, const std::string& text,
                          const RunOptions& options = {}, const TriggerEvent& event = {},
                          std::stop_token stop = {}) {
  backend.files[".runner.yml"] = text;
  RunObserver observer;
  return RunPipeline(event, options, backend, observer, std::move(stop));
}

// The step of that name; a test that asks for another fails.
inline const StepSummary& StepOf(const RunSummary& summary, const std::string& name) {
  for (const StepSummary& step : summary.steps) {
    if (step.name == name) {
      return step;
    }
  }
  throw std::out_of_range("no step " + name + "; run: " + summary.reason);
}

inline Outcome OutcomeOf(const RunSummary& summary, const std::string& name) {
  return StepOf(summary, name).result.outcome;
}

}  // namespace pipeline
