// ContainerBackend: the StepBackend of real containers, and the only place where CI words become
// container words.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/step_backend.h"
#include "runner/checkout_source.h"
#include "runner/credential_source.h"
#include "runner/layer_digests.h"
#include "runner/masker.h"
#include "runner/resume.h"
#include "runner/run_checkout.h"
#include "runner/run_images.h"
#include "runner/run_layers.h"
#include "runner/run_network.h"
#include "runner/run_secrets.h"
#include "runner/run_services.h"
#include "runner/step_facts.h"
#include "runner/step_memory.h"
#include "runner/step_reuse.h"
#include "runner/step_volumes.h"
#include "runtime/base/http.h"
#include "runtime/container/container_spec.h"
#include "runtime/container/exit_status.h"
#include "runtime/container/host.h"
#include "runtime/image/image_store.h"
#include "runtime/registry/client.h"

namespace runner {

struct BackendOptions {
  std::string run_id;
  std::filesystem::path artifacts;  // directory that STEP/ is made in; empty: artifacts are dropped
  bool local_sources = false;   // clone from paths and file:// too (`exec`, server's own config)
  CredentialSource credential;  // null: clone without
  CheckoutSource source;        // null: clone what the event names
  std::string clone_from;       // a repository in place of the event's; empty: that
  std::map<std::string, std::string> secrets;  // name to reference (secret_reference.h)
  StepFactsSink facts;                         // null: nobody wants them
  RunImages::Sink images;                      // the same
  RunImages::Pinned pinned;                    // of a replay
  bool keep = false;                           // all of what steps change, whether they pass or not
  Resume resume;                               // of a run that goes on from another
  // What steps reach although it is private or the host's own.
  std::vector<runtime::network::IpNetwork> network_allow;
  RepositoryStorage storage;
  unsigned cores = 0;  // that steps find, where this host has so many; 0: all
};

// One run's. `host` must outlive it and must have been opened before the process had threads.
// `masker` too: every secret is added to it before anything is given it. What this backend says may
// hold secrets (masking_backend.h).
class ContainerBackend : public pipeline::StepBackend {
 public:
  ContainerBackend(runtime::container::Host& host, BackendOptions options, Masker& masker);
  ~ContainerBackend() override;

  pipeline::Checkout CheckOut(const pipeline::TriggerEvent& event, pipeline::StepLog& log,
                              std::stop_token stop) override;
  pipeline::Checkout CheckOutAs(const pipeline::CloneSpec& clone,
                                const pipeline::TriggerEvent& event,
                                const pipeline::Checkout& first, pipeline::StepLog& log,
                                std::stop_token stop) override;
  std::optional<std::vector<std::string>> ChangedPaths(const pipeline::TriggerEvent& event,
                                                       const pipeline::Checkout& checkout,
                                                       std::stop_token stop) override {
    return checkout_.ChangedPaths(event, checkout, std::move(stop));
  }
  std::optional<std::string> ReadFile(const pipeline::WorkspaceLayers& workspace,
                                      std::string_view path, size_t max_bytes) override;
  std::vector<std::string> ListFiles(const pipeline::WorkspaceLayers& workspace,
                                     std::string_view directory, size_t max) override;
  pipeline::CommandEnd RunCommand(const pipeline::CommandRequest& request, pipeline::StepLog& log,
                                  std::stop_token stop) override;
  void KeepResult(const pipeline::CommandRequest& request, const pipeline::StepResult& result,
                  pipeline::StepLog& log) override {
    reuse_.Keep(request, result, log);
  }
  pipeline::StepResult BuildImage(const pipeline::ImageBuildRequest& request,
                                  pipeline::StepLog& log, std::stop_token stop) override;
  pipeline::StepResult PushImage(const pipeline::PushRequest& request, pipeline::StepLog& log,
                                 std::stop_token stop) override;
  // Beside what follows, such as a push.
  void EndJob(const std::string& job) override;
  std::optional<std::string> FindConflict(const std::string& layer_a,
                                          const std::string& layer_b) override;

  // For a run, before its clone: most runs need a network, and it is made beside that.
  void PrepareNetwork() { network_.Prepare(); }

  // The workspace that CheckOut() gave.
  const pipeline::WorkspaceLayers& file_in() const { return file_in_; }

  // Returns when all facts were told and nothing is left of the jobs that ended.
  void Await();

 private:
  void Tell(const std::string& step, const StepFacts& facts) const;
  // Where git notes the state of files, inodes and times included; empty: there is none.
  std::string HistoryIndex() const { return history_.empty() ? "" : history_ + "/index"; }
  // Of a step that has ended; `id` is empty when it left nothing.
  void HashLayer(const pipeline::CommandRequest& request, const runtime::layer::LayerId& id,
                 const std::stop_token& stop);
  // Logs in at `host` with the secret.
  runtime::registry::Client RegistryClient(const std::string& secret, const std::string& host,
                                           const std::stop_token& stop);
  pipeline::StepResult RunContainer(const pipeline::CommandRequest& request, pipeline::StepLog& log,
                                    const std::stop_token& stop);
  runtime::container::ContainerEnd RunWithOutput(const runtime::container::ContainerSpec& spec,
                                                 pipeline::StepLog& log,
                                                 const std::stop_token& stop);
  pipeline::WorkspaceLayers PatchWorkspace(const runtime::image::Image& image,
                                           const pipeline::CommandRequest& request,
                                           pipeline::StepLog& log, const std::stop_token& stop);

  runtime::container::Host& host_;
  BackendOptions options_;
  Masker& masker_;
  RunSecrets secrets_;
  runtime::image::ImageStore images_;
  std::unique_ptr<runtime::base::HttpTransport> http_;
  RunImages run_images_;  // of images_
  const RunCheckout checkout_;
  RunLayers layers_;
  LayerDigests digests_;  // of layers_
  std::atomic<int64_t> commit_time_ = 0;
  std::string history_;  // where the workspace has it; set before the first step
  pipeline::WorkspaceLayers file_in_;
  const StepMemory memory_;
  StepReuse reuse_;
  RunNetwork network_;
  RunServices services_;            // on network_
  std::vector<std::jthread> ends_;  // of jobs
};

}  // namespace runner
