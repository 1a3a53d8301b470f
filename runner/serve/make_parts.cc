#include "runner/serve/make_parts.h"

#include "runner/local_host.h"
#include "runner/local_run.h"
#include "runner/run_store_reader.h"
#include "runner/serve/clone_credential.h"
#include "runtime/container/host.h"

namespace runner::serve {

EngineParts MakeEngineParts(const runtime::base::StateDir& state, const Config& config) {
  const std::shared_ptr<runtime::container::Host> host = OpenSweptHost(state);
  EngineParts parts;
  parts.run = [host, &config](const std::string& run_id, const pipeline::TriggerEvent& event,
                              pipeline::RunObserver& observer, std::stop_token stop) {
    const RepositoryConfig* repository = config.Find(event.repository);
    LocalRunOptions options;
    options.pipeline.run_id = run_id;
    options.pipeline.only_if_triggered = true;
    // A path on this host is the administrator's to name, never a payload's.
    options.local_sources =
        repository != nullptr && !repository->clone.empty() && event.clone_url == repository->clone;
    if (repository != nullptr) {
      options.network_allow = repository->network_allow;
      options.volume_allow = repository->volume_allow;
      options.secrets = repository->secrets;
    }
    if (repository != nullptr && !repository->credential.empty()) {
      options.credential = [repository](const std::string& url) {
        return ReadCloneCredential(*repository, url);
      };
    }
    return RunHere(*host, event, std::move(options), observer, std::move(stop));
  };
  parts.reader = std::make_unique<RunStoreReader>(state.runs());
  return parts;
}

}  // namespace runner::serve
