#include "pipeline/step_runner.h"

#include <utility>
#include <variant>

#include "pipeline/push_target.h"
#include "pipeline/retry.h"
#include "pipeline/step_variables.h"
#include "pipeline/test_verdict.h"
#include "runtime/base/error.h"

namespace pipeline {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

// Everything that an expression mentions has ended when a step starts.
std::string Evaluated(const Template& text, const NameLookup& lookup) {
  std::optional<std::string> value = text.Evaluate(lookup);
  if (!value) {
    throw Error(ErrorKind::kInternal, "`" + text.text() + "` has no value when the step starts");
  }
  return *std::move(value);
}

std::map<std::string, std::string> Evaluated(const std::map<std::string, Template>& texts,
                                             const NameLookup& lookup) {
  std::map<std::string, std::string> values;
  for (const auto& [name, text] : texts) {
    values[name] = Evaluated(text, lookup);
  }
  return values;
}

std::vector<ServiceSpec> EvaluatedServices(std::vector<ServiceSpec> services,
                                           const NameLookup& lookup) {
  for (ServiceSpec& service : services) {
    service.image = Evaluated(service.image_source, lookup);
    service.env = Evaluated(service.env_source, lookup);
    for (const Template& text : service.argv_source) {
      service.argv.push_back(Evaluated(text, lookup));
    }
  }
  return services;
}

StepResult Failed(std::string reason) {
  StepResult result;
  result.outcome = Outcome::kFailed;
  result.reason = std::move(reason);
  return result;
}

StepResult Errored(std::string reason, bool stopped) {
  StepResult result;
  result.outcome = stopped ? Outcome::kCancelled : Outcome::kErrored;
  result.cause = stopped ? Cause::kNone : Cause::kOurs;
  result.reason = std::move(reason);
  return result;
}

bool WritesWorkspace(const StepPlan& step) {
  const auto* command = std::get_if<CommandAction>(&step.action);
  return command != nullptr && command->workspace == WorkspaceAccess::kReadWrite;
}

}  // namespace

bool UsesWorkspace(const StepPlan& step) {
  if (const auto* command = std::get_if<CommandAction>(&step.action)) {
    return command->workspace != WorkspaceAccess::kNone;
  }
  return std::holds_alternative<ImageBuildAction>(step.action);
}

std::string KindOf(const StepPlan& step) {
  if (std::holds_alternative<CommandAction>(step.action)) {
    return "run";
  }
  return std::holds_alternative<ImageBuildAction>(step.action) ? "image-build" : "push";
}

StepEnd StepRunner::Run(const StepPlan& step, const StepInput& input, CommandLog& log,
                        std::stop_token stop) const {
  std::vector<StepResult> failed;
  while (true) {
    const auto attempt = static_cast<uint32_t>(failed.size()) + 1;
    StepEnd end = Attempt(step, input, attempt, log, stop);
    if (attempt > step.retry.times || stop.stop_requested() || !IsRetried(step.retry, end.result)) {
      end.result = Concluded(std::move(end.result), failed);
      return end;
    }
    log.Line(Stream::kRunner, "attempt " + std::to_string(attempt) + " of " +
                                  std::to_string(step.retry.times + 1) + ": " + end.result.reason +
                                  "; once more");
    failed.push_back(std::move(end.result));
  }
}

StepEnd StepRunner::Attempt(const StepPlan& step, const StepInput& input, uint32_t attempt,
                            CommandLog& log, std::stop_token stop) const {
  StepEnd end;
  try {
    end.workspace = MergeWorkspaces(input.workspaces, input.seams);
    if (UsesWorkspace(step) && !end.workspace.conflict.empty()) {
      end.result = Failed(end.workspace.conflict);
      return end;
    }
    end.result = Act(step, input, attempt, end.workspace.layers, log, stop);
    // All others hand on what they got.
    if (WritesWorkspace(step) && !end.result.workspace.empty()) {
      end.workspace.layers = end.result.workspace;
    }
  } catch (const std::exception& e) {
    end.result = Errored(e.what(), stop.stop_requested());
  }
  return end;
}

StepResult StepRunner::Act(const StepPlan& step, const StepInput& input, uint32_t attempt,
                           const WorkspaceLayers& workspace, CommandLog& log,
                           std::stop_token stop) const {
  if (const auto* command = std::get_if<CommandAction>(&step.action)) {
    return RunCommand(step, *command, input, attempt, workspace, log, std::move(stop));
  }
  if (const auto* build = std::get_if<ImageBuildAction>(&step.action)) {
    return BuildImage(step, *build, input, workspace, log, std::move(stop));
  }
  return Push(step, std::get<PushAction>(step.action), input, log, std::move(stop));
}

StepResult StepRunner::RunCommand(const StepPlan& step, const CommandAction& action,
                                  const StepInput& input, uint32_t attempt,
                                  const WorkspaceLayers& workspace, CommandLog& log,
                                  std::stop_token stop) const {
  CommandAction evaluated = action;
  for (const Template& text : action.argv_source) {
    evaluated.argv.push_back(Evaluated(text, input.lookup));
  }
  evaluated.services = EvaluatedServices(action.services, input.lookup);
  for (CacheSpec& cache : evaluated.caches) {
    cache.key = Evaluated(cache.key_source, input.lookup);
  }
  CommandRequest request;
  request.step = step.step;
  request.name = step.name;
  request.id = step.id;
  request.attempt = attempt;
  request.job = step.job;
  request.image = Evaluated(action.image, input.lookup);
  request.action = &evaluated;
  request.env = StepVariables(facts_, step, input.run_outcome, Evaluated(step.env, input.lookup));
  request.secrets = step.secrets;
  request.skip_unchanged = step.skip_unchanged.value_or(step.fast);
  request.job_services = EvaluatedServices(*input.job_services, input.lookup);
  if (action.workspace != WorkspaceAccess::kNone) {
    request.workspace = workspace;
  }
  request.timeout = step.timeout;
  request.tests = step.tests ? &*step.tests : nullptr;
  request.artifacts = step.artifacts ? &*step.artifacts : nullptr;
  CommandEnd end = backend_.RunCommand(request, log, std::move(stop));
  if (step.tests) {
    const TestReport report =
        options_.read_reports ? options_.read_reports(end.reports) : TestReport();
    JudgeTests(*step.tests, report, end.reports.size(), end.result);
  }
  // A text that it asked to hide would be known to nobody in a run that takes its result.
  if (request.skip_unchanged && attempt == 1 && end.result.outcome == Outcome::kPassed &&
      end.result.reused_from.empty() && !log.has_masks()) {
    backend_.KeepResult(request, end.result, log);
  }
  return std::move(end.result);
}

StepResult StepRunner::BuildImage(const StepPlan& step, const ImageBuildAction& action,
                                  const StepInput& input, const WorkspaceLayers& workspace,
                                  CommandLog& log, std::stop_token stop) const {
  ImageBuildAction evaluated = action;
  evaluated.env = Evaluated(action.env_source, input.lookup);
  evaluated.labels = Evaluated(action.labels_source, input.lookup);
  ImageBuildRequest request;
  request.name = step.name;
  request.id = step.id;
  request.from = Evaluated(action.from, input.lookup);
  request.action = &evaluated;
  request.workspace = workspace;
  request.created = facts_.checkout.commit_time;
  return backend_.BuildImage(request, log, std::move(stop));
}

StepResult StepRunner::Push(const StepPlan& step, const PushAction& action, const StepInput& input,
                            CommandLog& log, std::stop_token stop) const {
  PushRequest request;
  request.id = step.id;
  request.image_digest = Evaluated(action.image, input.lookup);
  request.repository = Evaluated(action.to, input.lookup);
  request.secrets = step.secrets;
  if (std::string wrong = WhatIsWrongWithRepository(request.repository); !wrong.empty()) {
    return Failed(std::move(wrong));
  }
  for (const Template& tag : action.tags) {
    request.tags.push_back(Evaluated(tag, input.lookup));
    if (!IsTag(request.tags.back())) {
      return Failed(WhatIsWrongWithTag(request.tags.back()));
    }
  }
  if (!action.untested && !input.tested.contains(request.image_digest)) {
    if (input.tested_before.contains(request.image_digest)) {
      return Failed("its tests were taken from an earlier run, since --fast says so; to push " +
                    request.image_digest + ", run without --fast, or give the step with `tests` " +
                    "`skip-unchanged: true`");
    }
    return Failed("no passed test step of this run ran in " + request.image_digest +
                  "; give a step with `tests` this image, or write `untested: true`");
  }
  return backend_.PushImage(request, log, std::move(stop));
}

}  // namespace pipeline
