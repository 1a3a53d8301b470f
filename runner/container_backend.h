// ContainerBackend: the StepBackend of real containers, and the only place where CI words become
// container words.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "pipeline/step_backend.h"
#include "runner/credential_source.h"
#include "runner/run_layers.h"
#include "runner/run_network.h"
#include "runtime/base/http.h"
#include "runtime/container/host.h"
#include "runtime/git/git_container.h"
#include "runtime/image/image_store.h"
#include "runtime/registry/client.h"

namespace runner {

struct BackendOptions {
  std::string run_id;
  std::filesystem::path artifacts;  // directory that STEP/ is made in; empty: artifacts are dropped
  bool local_sources = false;   // clone from paths and file:// too (`exec`, server's own config)
  CredentialSource credential;  // null: clone without
  // What steps reach although it is private or the host's own.
  std::vector<runtime::network::IpNetwork> network_allow;
};

// One run's. `host` must outlive it and must have been opened before the process had threads.
class ContainerBackend : public pipeline::StepBackend {
 public:
  ContainerBackend(runtime::container::Host& host, BackendOptions options);
  ~ContainerBackend() override;

  pipeline::Checkout CheckOut(const pipeline::TriggerEvent& event, pipeline::StepLog& log,
                              std::stop_token stop) override;
  std::optional<std::string> ReadFile(const pipeline::WorkspaceLayers& workspace,
                                      std::string_view path, size_t max_bytes) override;
  pipeline::CommandEnd RunCommand(const pipeline::CommandRequest& request, pipeline::StepLog& log,
                                  std::stop_token stop) override;
  pipeline::StepResult BuildImage(const pipeline::ImageBuildRequest& request,
                                  pipeline::StepLog& log, std::stop_token stop) override;
  pipeline::StepResult PushImage(const pipeline::PushRequest& request, pipeline::StepLog& log,
                                 std::stop_token stop) override;
  std::optional<std::string> FindConflict(const std::string& layer_a,
                                          const std::string& layer_b) override;

 private:
  runtime::git::CheckedOut Fetch(const runtime::git::CheckoutRequest& request,
                                 pipeline::StepLog& log, std::stop_token stop) const;
  // From the store, else from its registry; its layers unpacked.
  runtime::image::Image PrepareImage(const std::string& name, pipeline::StepLog& log,
                                     const std::stop_token& stop);
  runtime::registry::Client RegistryClient(const std::stop_token& stop) const;
  void ExportArtifacts(const pipeline::CommandRequest& request, int view, bool success,
                       pipeline::StepLog& log) const;

  runtime::container::Host& host_;
  BackendOptions options_;
  runtime::image::ImageStore images_;
  RunLayers layers_;
  RunNetwork network_;
  std::unique_ptr<runtime::base::HttpTransport> http_;
};

}  // namespace runner
