#include "runner/serve/make_parts.h"

#include <algorithm>

#include "pipeline/pipeline_choice.h"
#include "runner/container_backend.h"
#include "runner/local_host.h"
#include "runner/local_run.h"
#include "runner/masker.h"
#include "runner/masking_backend.h"
#include "runner/run_id.h"
#include "runner/run_store_reader.h"
#include "runner/serve/clone_credential.h"
#include "runtime/container/host.h"

namespace runner::serve {
namespace {

using runtime::container::Host;

// How a repository is cloned: as the administrator says it, never as a payload does.
struct CloneAccess {
  CloneAccess(const RepositoryConfig* repository, const std::string& clone_url) {
    if (repository == nullptr) {
      return;
    }
    local_sources = !repository->clone.empty() && clone_url == repository->clone;
    if (!repository->credential.empty()) {
      credential = [repository](const std::string& url) {
        return ReadCloneCredential(*repository, url);
      };
    }
  }
  bool local_sources = false;
  CredentialSource credential;
};

// The branch that a fork's pull request is for, as it is now: its pipeline file counts, not the
// stranger's.
pipeline::TriggerEvent BaseOf(const pipeline::TriggerEvent& event) {
  pipeline::TriggerEvent base;
  base.repository = event.repository;
  base.clone_url = event.clone_url;
  base.ref = "refs/heads/" + event.branch;
  base.branch = event.branch;
  return base;
}

pipeline::RunSummary Run(Host& host, const Config& config, const RunOrder& order,
                         pipeline::RunObserver& observer, std::stop_token stop) {
  const pipeline::TriggerEvent& event = order.event;
  const RepositoryConfig* repository = config.Find(event.repository);
  const CloneAccess access(repository, event.clone_url);
  LocalRunOptions options;
  options.pipeline.run_id = order.run_id;
  options.pipeline.only_if_triggered = true;
  options.pipeline.file = order.file;
  options.pipeline.share_out = order.share_out;
  options.pipeline.may_start = order.may_start;
  options.pipeline.stop_reason = order.stop_reason;
  options.local_sources = access.local_sources;
  options.credential = access.credential;
  if (event.fork) {
    options.pipeline.file_from = BaseOf(event);
    options.pipeline.push = false;
  } else if (repository != nullptr) {
    options.network_allow = repository->network_allow;
    options.volume_allow = repository->volume_allow;
    options.secrets = repository->secrets;
  }
  return RunHere(host, event, std::move(options), observer, std::move(stop));
}

class NoLog : public pipeline::StepLog {
 public:
  void Line(pipeline::Stream /*stream*/, std::string_view /*line*/) override {}
};

// Pipelines with the same schedule start together, by one event.
void Add(const std::vector<pipeline::Cron>& more, std::vector<pipeline::Cron>& schedule) {
  for (const pipeline::Cron& cron : more) {
    if (std::none_of(schedule.begin(), schedule.end(),
                     [&](const pipeline::Cron& known) { return known.text() == cron.text(); })) {
      schedule.push_back(cron);
    }
  }
}

ScheduleReading ReadScheduleOf(Host& host, const Config& config, const std::string& name,
                               const std::string& clone_url, std::stop_token stop) {
  const CloneAccess access(config.Find(name), clone_url);
  Masker masker;
  BackendOptions options;
  options.run_id = NewRunId();
  options.local_sources = access.local_sources;
  options.credential = access.credential;
  ContainerBackend containers(host, std::move(options), masker);
  MaskingBackend backend(containers, masker);
  pipeline::TriggerEvent event;  // without a branch: the default one
  event.repository = name;
  event.clone_url = clone_url;
  NoLog log;
  const pipeline::Checkout checkout = backend.CheckOut(event, log, std::move(stop));
  ScheduleReading reading;
  for (const pipeline::ReadPipeline& read :
       pipeline::ReadPipelines(backend, checkout.workspace, "")) {
    if (read.parsed) {
      Add(read.parsed->triggers.schedule, reading.schedule);
    } else if (const pipeline::Diagnostic& first = read.findings.front(); first.line > 0) {
      reading.problem = first.file + ":" + std::to_string(first.line) + ": " + first.message;
    }
  }
  return reading;
}

}  // namespace

EngineParts MakeEngineParts(const runtime::base::StateDir& state, const Config& config) {
  const std::shared_ptr<Host> host = OpenSweptHost(state);
  EngineParts parts;
  parts.run = [host, &config](const RunOrder& order, pipeline::RunObserver& observer,
                              std::stop_token stop) {
    return Run(*host, config, order, observer, std::move(stop));
  };
  parts.read_schedule = [host, &config](const std::string& repository, const std::string& clone_url,
                                        std::stop_token stop) {
    return ReadScheduleOf(*host, config, repository, clone_url, std::move(stop));
  };
  parts.reader = std::make_unique<RunStoreReader>(state.runs());
  return parts;
}

}  // namespace runner::serve
