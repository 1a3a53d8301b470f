#include "runner/replay.h"

#include <nlohmann/json.hpp>

#include <set>

#include "runner/replay_checkout.h"
#include "runner/run_id.h"
#include "runner/this_runner.h"
#include "runtime/base/cpus.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

using nlohmann::json;
using reports::RunRecord;
using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::base::ForMessage;

[[noreturn]] void Refuse(const RunRecord& run, ErrorKind kind, const std::string& reason) {
  throw Error(kind, "replay run " + ForMessage(run.id) + ": " + reason);
}

void RequireReplayable(const RunRecord& run) {
  if (run.version < reports::kRecordVersion) {
    Refuse(run, ErrorKind::kUnsupported,
           "its record is of version " + std::to_string(run.version) +
               ", which doesn't say which images it used; only runs of this version's runner can "
               "be replayed");
  }
  if (!IsRunId(run.id)) {
    Refuse(run, ErrorKind::kInvalid, "that can't be the id of a run");
  }
  if (run.state != reports::RunState::kFinished) {
    Refuse(run, ErrorKind::kUsage, "it hasn't ended yet");
  }
  if (!run.resumed.run.empty()) {
    Refuse(run, ErrorKind::kUsage,
           "it was resumed from run " + ForMessage(run.resumed.run) +
               " and isn't a clean run; replay that one, or run the pipeline anew");
  }
  if (run.event.fork) {
    Refuse(run, ErrorKind::kUnsupported,
           "its commits are a fork's, and the pipeline file that it ran by was that of the branch "
           "it is for, which its tree doesn't have; run that file on them: runner exec --event "
           "pull-request");
  }
  if (run.tree.empty()) {
    Refuse(run, ErrorKind::kUsage, "its clone failed, so that there is nothing to replay");
  }
  RequireTreeId(run.tree);
  const std::string machine = ThisRunner().machine;
  if (run.runner.machine != machine) {
    Refuse(run, ErrorKind::kUnsupported,
           "its images are for " + ForMessage(run.runner.machine) + ", this host is " + machine);
  }
}

template <typename Names, typename Given>
std::string Missing(const Names& names, const Given& given) {
  std::string missing;
  for (const std::string& name : names) {
    if (!given.contains(name)) {
      missing += (missing.empty() ? "" : ", ") + ForMessage(name);
    }
  }
  return missing;
}

void RequireVariables(const RunRecord& run, const std::map<std::string, std::string>& env) {
  if (const std::string missing = Missing(run.env, env); !missing.empty()) {
    Refuse(run, ErrorKind::kUsage,
           "it had the variables " + missing +
               ", whose values are in no record: give them again, with --env NAME=VALUE");
  }
  const std::set<std::string> had(run.env.begin(), run.env.end());
  for (const auto& [name, value] : env) {
    if (!had.contains(name)) {
      Refuse(run, ErrorKind::kUsage, "--env " + ForMessage(name) + ": it had no such variable");
    }
  }
}

// Of steps that a replay runs. The plan is the record's text: it may be anything.
std::set<std::string> SecretsOfSteps(const RunRecord& run) {
  std::set<std::string> names;
  const json plan = json::parse(run.plan, nullptr, false);
  if (!plan.is_object() || !plan.contains("steps")) {
    return names;
  }
  for (const json& step : plan.at("steps")) {
    if (!step.is_object() || step.value("kind", json()) == "push" || step.contains("skipped")) {
      continue;
    }
    for (const json& name : step.value("secrets", json::array())) {
      if (name.is_string()) {
        names.insert(name.get<std::string>());
      }
    }
  }
  return names;
}

void RequireSecrets(const RunRecord& run, const std::map<std::string, std::string>& secrets) {
  if (const std::string missing = Missing(SecretsOfSteps(run), secrets); !missing.empty()) {
    Refuse(run, ErrorKind::kUsage,
           "its steps had the secrets " + missing +
               ", whose values are in no record: give them again, with --secret NAME=@FILE");
  }
}

}  // namespace

ReplayPlan PlanReplay(const RunSource& source, const ReplayRequest& request) {
  const RunRecord& run = source.record();
  RequireReplayable(run);
  RequireVariables(run, request.env);
  RequireSecrets(run, request.secrets);
  ReplayPlan plan;
  plan.event = run.event;
  LocalRunOptions& options = plan.options;
  options.secrets = request.secrets;
  // A path in a record from elsewhere is that host's, or a stranger's wish.
  options.local_sources = source.is_own() || !request.repository.empty();
  options.source = ReplayCheckout(source, request.repository);
  options.clone_from = request.repository;
  options.pinned.digests = run.images;
  options.pinned.fetch =
      [&source](const runtime::image::ImageStore& store, const runtime::base::Digest& digest,
                const std::stop_token& stop) { return source.FetchImage(store, digest, stop); };
  options.pipeline.replays = run.id;
  options.pipeline.cpus = run.runner.cpus;
  options.pipeline.file = run.options.file;
  options.pipeline.only_steps = run.options.steps;
  options.pipeline.matrix = run.options.matrix;
  options.pipeline.env = request.env;
  options.pipeline.push = false;
  return plan;
}

}  // namespace runner
