#include "runner/local_run.h"

#include "pipeline/run_observer.h"
#include "reports/junit_reader.h"
#include "runner/container_backend.h"
#include "runner/kept_run.h"
#include "runner/masker.h"
#include "runner/masking_backend.h"
#include "runner/run_control.h"
#include "runner/run_directory.h"
#include "runner/run_paths.h"
#include "runner/this_runner.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

std::vector<std::string> NamesOf(const std::map<std::string, std::string>& values) {
  std::vector<std::string> names;
  for (const auto& [name, value] : values) {
    names.push_back(name);
  }
  return names;
}

// Before the record is written for the last time: nothing runs any more, all facts are told, and
// what is kept is.
class EndOfRun : public pipeline::RunObserver {
 public:
  EndOfRun(ContainerBackend& backend, const RunPaths& paths, const LocalRunOptions& options)
      : backend_(backend), paths_(paths), options_(options) {}

  void RunFinished(const pipeline::RunSummary& summary) override {
    backend_.Await();
    if (summary.checkout.workspace.empty() || summary.waits ||
        (pipeline::IsSuccess(summary.outcome) && !options_.keep)) {
      return;
    }
    try {
      WriteKeptStart(paths_, {.checkout = summary.checkout,
                              .file_in = backend_.file_in(),
                              .env = options_.pipeline.env,
                              .file = summary.file,
                              .stands_on = options_.resume.run});
    } catch (const runtime::base::Error&) {
      // Then it isn't kept: a full disk is no reason to lose the run's end.
    }
  }

 private:
  ContainerBackend& backend_;
  const RunPaths& paths_;
  const LocalRunOptions& options_;
};

}  // namespace

pipeline::RunSummary RunHere(runtime::container::Host& host, const pipeline::TriggerEvent& event,
                             LocalRunOptions options, pipeline::RunObserver& observer,
                             std::stop_token stop) {
  const RunPaths paths(host.state().runs(), options.pipeline.run_id);
  const RunControl control(paths, std::move(stop));
  const runtime::base::Clock clock;
  RunDirectory directory(
      host.state().runs(), clock, {},
      {.runner = ThisRunner(),
       .env = NamesOf(options.pipeline.env),
       .secrets = NamesOf(options.secrets),
       .resumed = {options.resume.run, options.resume.from, !options.resume.patch.empty()},
       .replays = options.pipeline.replays,
       .options = {options.pipeline.file, options.pipeline.only_steps, options.pipeline.matrix}});
  Masker masker;
  ContainerBackend containers(
      host,
      {.run_id = options.pipeline.run_id,
       .artifacts = paths.artifacts(),
       .local_sources = options.local_sources,
       .credential = options.credential,
       .source = options.source,
       .clone_from = options.clone_from,
       .secrets = options.secrets,
       .facts = [&](const std::string& step,
                    const StepFacts& facts) { directory.NoteStep(step, facts); },
       .images = [&](const std::string& name,
                     const std::string& digest) { directory.NoteImage(name, digest); },
       .pinned = options.pinned,
       .keep = options.keep,
       .resume = options.resume,
       .network_allow = options.network_allow,
       // What other runs keep isn't part of what is replayed, nor what it leaves part of theirs.
       .storage = {.clone_url = options.pipeline.replays.empty()
                                    ? event.clone_url
                                    : "replay of " + options.pipeline.replays,
                   .repository = event.repository,
                   .host_paths = options.volume_allow,
                   .pull_request_of_fork = event.fork ? event.pull_request : 0,
                   .trusted = event.kind != pipeline::EventKind::kPullRequest &&
                              options.pipeline.replays.empty()},
       .cores = options.pipeline.cpus},
      masker);
  MaskingBackend backend(containers, masker);
  containers.PrepareNetwork();
  options.pipeline.read_reports = [&](const std::vector<pipeline::CollectedFile>& files) {
    pipeline::TestReport report = reports::ReadJunit(files);
    MaskReport(masker, report);
    return report;
  };
  // The directory before the caller: who is told that a run ended finds it there, whole.
  EndOfRun end(containers, paths, options);
  pipeline::ObserverFanOut observers({&end, &directory, &observer});
  pipeline::RunSummary summary =
      pipeline::RunPipeline(event, options.pipeline, backend, observers, control.token());
  if (summary.waits) {
    runtime::base::RemoveTree(paths.directory);
    return summary;
  }
  if (!directory.failure().empty()) {
    throw runtime::base::Error(runtime::base::ErrorKind::kInternal,
                               "the run ended (" + std::string(ToString(summary.outcome)) +
                                   "), but its record could not be kept: " + directory.failure());
  }
  return summary;
}

}  // namespace runner
