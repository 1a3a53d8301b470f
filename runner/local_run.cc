#include "runner/local_run.h"

#include "pipeline/run_observer.h"
#include "reports/junit_reader.h"
#include "runner/container_backend.h"
#include "runner/masker.h"
#include "runner/masking_backend.h"
#include "runner/run_control.h"
#include "runner/run_directory.h"
#include "runner/run_paths.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"

namespace runner {

pipeline::RunSummary RunHere(runtime::container::Host& host, const pipeline::TriggerEvent& event,
                             LocalRunOptions options, pipeline::RunObserver& observer,
                             std::stop_token stop) {
  const RunPaths paths(host.state().runs(), options.pipeline.run_id);
  const RunControl control(paths, std::move(stop));
  Masker masker;
  ContainerBackend containers(host,
                              {.run_id = options.pipeline.run_id,
                               .artifacts = paths.artifacts(),
                               .local_sources = options.local_sources,
                               .credential = options.credential,
                               .secrets = options.secrets,
                               .network_allow = options.network_allow},
                              masker);
  MaskingBackend backend(containers, masker);
  options.pipeline.read_reports = [&](const std::vector<pipeline::CollectedFile>& files) {
    pipeline::TestReport report = reports::ReadJunit(files);
    MaskReport(masker, report);
    return report;
  };
  const runtime::base::Clock clock;
  RunDirectory directory(host.state().runs(), clock);
  // The directory first: who is told that a run ended finds it there.
  pipeline::ObserverFanOut observers({&directory, &observer});
  pipeline::RunSummary summary =
      pipeline::RunPipeline(event, options.pipeline, backend, observers, control.token());
  if (!directory.failure().empty()) {
    throw runtime::base::Error(runtime::base::ErrorKind::kInternal,
                               "the run ended (" + std::string(ToString(summary.outcome)) +
                                   "), but its record could not be kept: " + directory.failure());
  }
  return summary;
}

}  // namespace runner
