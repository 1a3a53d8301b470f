#include "runner/container_backend.h"

#include <fcntl.h>

#include <system_error>

#include "runner/clone_by_image.h"
#include "runner/image_build.h"
#include "runner/patch_workspace.h"
#include "runner/registry_password.h"
#include "runner/step_caches.h"
#include "runner/step_end.h"
#include "runner/step_limits.h"
#include "runner/step_output.h"
#include "runner/step_results.h"
#include "runner/step_secrets.h"
#include "runner/step_share.h"
#include "runner/step_spec.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/container/container.h"
#include "runtime/container/user.h"
#include "runtime/image/unpack_image.h"
#include "runtime/layer/conflict.h"
#include "runtime/layer/view.h"
#include "runtime/registry/client.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
namespace image = runtime::image;
namespace layer = runtime::layer;
using pipeline::Stream;
namespace {

// Each attempt of a step has a layer of its own.
std::string LayerName(const pipeline::CommandRequest& request) {
  return request.id + "." + std::to_string(request.attempt);
}

void Say(pipeline::StepLog& log, const std::string& text) { log.Line(Stream::kRunner, text); }

}  // namespace

ContainerBackend::ContainerBackend(container::Host& host, BackendOptions options, Masker& masker)
    : host_(host),
      options_(std::move(options)),
      masker_(masker),
      secrets_(options_.secrets, masker),
      images_(host.state()),
      http_(base::MakeHttpTransport()),
      run_images_(images_, *http_, options_.pinned, options_.images),
      checkout_(host, images_.layers(), options_.local_sources, options_.credential,
                options_.clone_from, masker),
      layers_(host.state(), options_.run_id),
      digests_(images_.layers(), masker, RunPaths(host.state().runs(), options_.run_id),
               [this](const std::string& step, const std::string& digest) {
                 Tell(step, {.limits = {}, .layer_digest = digest, .history = {}});
               }),
      memory_(RunPaths(host.state().runs(), options_.run_id), options_.resume, masker),
      reuse_({options_.storage, options_.run_id, memory_.BeganAnew() && !options_.source},
             host.state(), images_, layers_, digests_),
      network_(options_.run_id, options_.network_allow),
      services_(
          host, images_, network_, RunPaths(host.state().runs(), options_.run_id), masker,
          [this](const std::string& name, pipeline::StepLog& log, const std::stop_token& stop) {
            return run_images_.Prepare(name, log, stop);
          }) {}

ContainerBackend::~ContainerBackend() = default;

void ContainerBackend::EndJob(const std::string& job) {
  try {
    ends_.emplace_back([services = services_.End(job), network = network_.End(job)]() mutable {
      services.reset();
    });
  } catch (const std::system_error&) {
    // No thread to be had: then they have ended here.
  }
}

void ContainerBackend::Await() {
  ends_.clear();
  network_.Finish();
  digests_.Await();
}

void ContainerBackend::Tell(const std::string& step, const StepFacts& facts) const {
  if (options_.facts) {
    options_.facts(step, facts);
  }
}

pipeline::Checkout ContainerBackend::CheckOut(const pipeline::TriggerEvent& event,
                                              pipeline::StepLog& log, std::stop_token stop) {
  pipeline::Checkout checkout;
  if (const std::optional<KeptStart> before = memory_.TakeOverStart()) {
    Say(log, "as in run " + options_.resume.run + ", not cloned again");
    checkout = before->checkout;
    checkout.workspace = before->file_in;
  } else {
    const auto clone = [&](const pipeline::TriggerEvent& what) {
      return checkout_.CheckOut(what, log, stop);
    };
    checkout = options_.source ? options_.source(images_.layers(), clone, log, stop) : clone(event);
  }
  commit_time_ = checkout.commit_time;
  file_in_ = checkout.workspace;
  digests_.AddCheckout("clone", checkout.workspace.front(), std::move(stop));
  return checkout;
}

pipeline::Checkout ContainerBackend::CheckOutAs(const pipeline::CloneSpec& clone,
                                                const pipeline::TriggerEvent& event,
                                                const pipeline::Checkout& first,
                                                pipeline::StepLog& log, std::stop_token stop) {
  const std::optional<KeptStart> before = memory_.TakeOverStart();
  if (clone.history) {
    history_ = clone.path.empty() ? ".git" : clone.path + "/.git";
  }
  if (before) {
    return before->checkout;
  }
  // What is replayed may be of a repository that is elsewhere.
  const auto missing = options_.source ? RunCheckout::MissingHistory::kIsLeftOut
                                       : RunCheckout::MissingHistory::kIsAnError;
  const auto by_image = [&](const std::string& name, const layer::LayerId& history) {
    const image::Image image = run_images_.Prepare(name, log, stop);
    const std::vector<base::UniqueFd> held = images_.HoldLayers(image.layers);
    return base::WithContext("clone with " + name, [&] {
      return CloneByImage(
          host_, images_, image, clone, history,
          [&](const pipeline::CommandRequest& request, container::ContainerSpec& spec) {
            const auto member = network_.Join(request, log, stop, spec);
            const container::ContainerEnd end = RunWithOutput(spec, log, stop);
            EndJob(request.job);
            return end;
          });
    });
  };
  pipeline::Checkout checkout =
      checkout_.CheckOutAs(clone, event, first, missing, by_image, log, stop);
  Tell("clone", {.limits = {}, .layer_digest = {}, .history = checkout.history_id});
  return checkout;
}

std::optional<std::string> ContainerBackend::ReadFile(const pipeline::WorkspaceLayers& workspace,
                                                      std::string_view path, size_t max_bytes) {
  const base::UniqueFd view = layer::OpenView(images_.layers().Stack(workspace));
  return ReadBeneath(view.get(), path, max_bytes);
}

std::vector<std::string> ContainerBackend::ListFiles(const pipeline::WorkspaceLayers& workspace,
                                                     std::string_view directory, size_t max) {
  const base::UniqueFd view = layer::OpenView(images_.layers().Stack(workspace));
  return ListBeneath(view.get(), directory, max);
}

runtime::registry::Client ContainerBackend::RegistryClient(const std::string& secret,
                                                           const std::string& host,
                                                           const std::stop_token& stop) {
  using runtime::registry::DockerConfig;
  const std::string value = secrets_.Read(secret);
  std::optional<runtime::registry::Credentials> kept;
  if (value.find(':') == std::string::npos) {
    kept = DockerConfig(DockerConfig::DefaultFile()).Find(host, stop);
  }
  const runtime::registry::Credentials login = CredentialsFromSecret(value, secret, host, kept);
  masker_.Add(login.password, "secret " + secret);
  return {*http_, [login, host](const std::string& asked) {
            return asked == host ? std::optional(login) : std::nullopt;
          }};
}

pipeline::CommandEnd ContainerBackend::RunCommand(const pipeline::CommandRequest& request,
                                                  pipeline::StepLog& log, std::stop_token stop) {
  pipeline::CommandEnd end;
  if (std::optional<KeptStep> done = memory_.TakeOver(request.name, log)) {
    end.result = std::move(done->result);
  } else {
    end.result = RunContainer(request, log, stop);
  }
  const bool success = pipeline::IsSuccess(end.result.outcome);
  if (!end.result.workspace.empty() && (request.tests != nullptr || request.artifacts != nullptr)) {
    const base::UniqueFd view = layer::OpenView(images_.layers().Stack(end.result.workspace));
    if (request.tests != nullptr) {
      end.reports = CollectReports(view.get(), request.tests->junit);
    }
    if (request.artifacts != nullptr && !options_.artifacts.empty()) {
      ExportArtifacts(*request.artifacts, view.get(), history_, options_.artifacts / request.id,
                      success, log);
    }
  }
  return end;
}

pipeline::StepResult ContainerBackend::RunContainer(const pipeline::CommandRequest& asked,
                                                    pipeline::StepLog& log,
                                                    const std::stop_token& stop) {
  const image::Image image = run_images_.Prepare(asked.image, log, stop);
  const std::vector<base::UniqueFd> held = images_.HoldLayers(image.layers);
  pipeline::CommandRequest request = asked;
  if (memory_.Patches(request.name)) {
    request.workspace = PatchWorkspace(image, request, log, stop);
  }
  const auto without_container = [&](pipeline::StepResult failed) {
    failed.image_digest = image.manifest.digest.ToString();
    failed.workspace = request.workspace;
    memory_.Note(request, failed, "", log);
    HashLayer(request, "", stop);
    return failed;
  };
  // What is replayed is done again.
  if (request.skip_unchanged && !options_.source) {
    if (std::optional<pipeline::StepResult> unchanged =
            reuse_.Take(request, image.manifest.digest.ToString(), LayerName(request), log)) {
      const bool changed = unchanged->workspace.size() > request.workspace.size();
      HashLayer(request, changed ? unchanged->workspace.back() : "", stop);
      memory_.Note(request, *unchanged, "", log);
      return *std::move(unchanged);
    }
  }
  const std::optional<HostUse::Held> share = TakeStepShare(
      host_.state(), options_.storage.repository, options_.run_id, request, log, stop);
  const std::unique_ptr<ServicesInUse> services = services_.Begin(request, log, stop);
  if (pipeline::StepResult failed; services->Explain(failed, log)) {
    return without_container(std::move(failed));
  }
  const container::ContainerDirectory directory(host_);
  container::ContainerSpec spec = SpecForStep(images_, image, directory, request);
  spec.cores = options_.cores;
  std::vector<SecretGrant> grants;
  for (const pipeline::SecretUse& secret : request.secrets) {
    grants.push_back({secret.name, secret.variable});
  }
  GiveSecrets(grants, secrets_, spec);
  Tell(request.name, {.limits = LimitsOf(spec), .layer_digest = {}, .history = {}});
  std::vector<runtime::volume::HeldVolume> volumes;
  try {
    volumes = AddStepVolumes(options_.storage, request, images_, host_.state(), spec);
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::kUsage) {
      throw;
    }
    return without_container(FailedStep(e.what()));
  }
  const StepCaches caches(options_.storage, request, host_.state(), directory, log, spec);
  const std::unique_ptr<RunNetwork::Member> member = network_.Join(request, log, stop, spec);

  spec.hosts += services->hosts;
  const container::ContainerEnd ended = RunWithOutput(spec, log, services->stop());
  pipeline::StepResult result = StepResultOf(ended, request.action->needs_shell);
  services->Explain(result, log);
  MentionFullDisk(host_.state().root(), result);
  result.image_digest = image.manifest.digest.ToString();
  // That a step failed, and why, is what matters then.
  const auto unless_failed = [&](const char* what, const auto& take) {
    try {
      take();
    } catch (const base::Error& e) {
      if (result.outcome == pipeline::Outcome::kPassed) {
        throw;
      }
      Say(log, what + std::string(e.what()));
    }
  };
  unless_failed("", [&] {
    result.outputs = ReadOutputs(directory);
    result.summary = ReadSummary(directory);
  });
  result.workspace = request.workspace;
  std::optional<layer::LayerId> changed;
  if (request.action->workspace == pipeline::WorkspaceAccess::kReadWrite) {
    unless_failed("what it changed in the workspace is lost: ", [&] {
      changed = layers_.Adopt(LayerName(request), WorkspaceUpper(directory));
      if (changed) {
        result.workspace.push_back(*changed);
      }
    });
  }
  HashLayer(request, changed.value_or(""), stop);
  if (result.outcome == pipeline::Outcome::kPassed) {
    caches.Save(log);
  }
  std::optional<layer::LayerId> rootfs;
  if (options_.keep || result.outcome != pipeline::Outcome::kPassed) {
    unless_failed("what it changed outside of the workspace is lost: ",
                  [&] { rootfs = layers_.AdoptRootfs(LayerName(request), spec.rootfs.upper); });
  }
  memory_.Note(request, result, rootfs.value_or(""), log);
  return result;
}

void ContainerBackend::HashLayer(const pipeline::CommandRequest& request, const layer::LayerId& id,
                                 const std::stop_token& stop) {
  LayerDigests::Request hashed{.step = request.name, .layer = id, .max_mtime = commit_time_};
  if (request.tests != nullptr) {
    hashed.leave_out = request.tests->junit;
  }
  if (!history_.empty()) {
    hashed.leave_out.push_back(HistoryIndex());
  }
  digests_.Add(std::move(hashed), stop);
}

container::ContainerEnd ContainerBackend::RunWithOutput(const container::ContainerSpec& spec,
                                                        pipeline::StepLog& log,
                                                        const std::stop_token& stop) {
  container::RequireMapped(spec.user, host_.ids());
  StepOutput output(log, host_.ids().base + spec.user.uid);
  const base::UniqueFd nothing = base::OpenFile("/dev/null", O_RDONLY);
  container::Container running = container::Container::Start(
      host_, spec, {.in = nothing.get(), .out = output.out(), .err = output.err()});
  output.Begin();
  container::ContainerEnd ended = running.Wait(stop);
  output.Finish();
  return ended;
}

pipeline::WorkspaceLayers ContainerBackend::PatchWorkspace(const image::Image& image,
                                                           const pipeline::CommandRequest& request,
                                                           pipeline::StepLog& log,
                                                           const std::stop_token& stop) {
  const container::ContainerDirectory directory(host_);
  const std::filesystem::path changed =
      ApplyPatch(images_, image, directory, request, memory_.ReadPatch(),
                 [&](const auto&, const auto& spec) { return RunWithOutput(spec, log, stop); });
  pipeline::WorkspaceLayers workspace = request.workspace;
  if (const auto id = layers_.Adopt(LayerName(request) + ".patch", changed)) {
    workspace.push_back(*id);
  }
  return workspace;
}

pipeline::StepResult ContainerBackend::BuildImage(const pipeline::ImageBuildRequest& request,
                                                  pipeline::StepLog& log, std::stop_token stop) {
  if (const std::optional<KeptStep> done = memory_.TakeOver(request.name, log)) {
    images_.Get(done->result.image_digest);  // It may be gone since.
    return done->result;
  }
  std::optional<image::Image> base_image;
  if (!request.from.empty()) {
    base_image = run_images_.Prepare(request.from, log, stop);
  }
  pipeline::StepResult result = BuildStepImage(images_, base_image, request, history_, log, stop);
  if (result.outcome == pipeline::Outcome::kPassed) {
    memory_.Note(request.name, result, log);
  }
  return result;
}

pipeline::StepResult ContainerBackend::PushImage(const pipeline::PushRequest& request,
                                                 pipeline::StepLog& log, std::stop_token stop) {
  const image::Image image = images_.Get(request.image_digest);
  std::optional<image::Reference> destination =
      image::Reference::Parse(request.repository + ":" + request.tags.front());
  if (!destination) {
    throw base::Error(base::ErrorKind::kUsage, "push to '" + base::ForMessage(request.repository) +
                                                   "': not a valid repository");
  }
  if (request.secrets.size() > 1) {
    throw base::Error(base::ErrorKind::kUsage,
                      "secrets: a push takes one, the password of its registry");
  }
  const std::string host = destination->host.empty() ? "docker.io" : destination->host;
  const runtime::registry::Client client =
      request.secrets.empty() ? run_images_.RegistryClient(stop)
                              : RegistryClient(request.secrets.front().name, host, stop);
  const std::vector<std::string> more(request.tags.begin() + 1, request.tags.end());
  client.Push(images_, image, *destination, more, {}, stop);
  pipeline::StepResult result;
  result.outcome = pipeline::Outcome::kPassed;
  result.image_digest = request.image_digest;
  for (const std::string& tag : request.tags) {
    result.pushed.push_back(request.repository + ":" + tag + "@" + request.image_digest);
    Say(log, "pushed " + result.pushed.back());
  }
  return result;
}

std::optional<std::string> ContainerBackend::FindConflict(const std::string& layer_a,
                                                          const std::string& layer_b) {
  const layer::LayerStore& layers = images_.layers();
  // Who only asks git for the state of files may write that: any of them is good.
  return layer::FindConflict(layers.Path(layer_a), layers.Path(layer_b), HistoryIndex());
}

}  // namespace runner
