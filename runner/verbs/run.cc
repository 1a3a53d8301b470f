// runner run IMAGE [COMMAND...]: one container, in the foreground and for its one life; or, where
// the options ask for it, one that is kept (kept_container.h).
#include <algorithm>
#include <memory>
#include <optional>

#include "runner/cli.h"
#include "runner/foreground.h"
#include "runner/image_container.h"
#include "runner/program_files.h"
#include "runner/verbs/image_to_run.h"
#include "runner/verbs/kept_container.h"
#include "runner/verbs/run_options.h"
#include "runner/verbs/security_options.h"
#include "runner/verbs/verbs.h"
#include "runner/volumes_from.h"
#include "runtime/base/error.h"
#include "runtime/container/container.h"
#include "runtime/lifecycle/store.h"
#include "runtime/network/own_network.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;

}  // namespace

void Complete(const RunOptions& options, const std::filesystem::path& disk,
              container::ContainerSpec& spec) {
  spec.capabilities = options.Capabilities();
  ApplySecurityOptions(options.security, spec);
  options.network.PutInto(spec);
  spec.limits = options.Limits(disk);
  spec.read_only = options.read_only;
  spec.timeout = options.Timeout();
  spec.grace = options.Grace();
  options.ApplyTo(spec);
  spec.terminal = options.terminal;
  const bool has_term = std::any_of(spec.env.begin(), spec.env.end(),
                                    [](const std::string& e) { return e.starts_with("TERM="); });
  if (options.terminal && !has_term) {
    spec.env.push_back("TERM=xterm");
  }
}

namespace {

// What the image calls a volume lies in the container's files, which go with it all the same, but
// where those can't be written to.
std::vector<MountRequest> Mounts(const RunOptions& options, const runtime::image::Image& image,
                                 const base::StateDir& state) {
  std::vector<MountRequest> mounts = options.Mounts();
  AddVolumesFrom(options.volumes_from, runtime::lifecycle::Store(state), mounts);
  if (options.read_only) {
    AddImageVolumes(image.config.volumes, mounts);
  }
  return mounts;
}

int Run(const RunOptions& options, const Globals& globals) {
  const base::StateDir state = OpenState(globals.root);
  const runtime::image::ImageStore store(state);
  int pull_failed = 0;
  const std::optional<runtime::image::Image> found =
      ImageToRun(store, options.image, options.ImagePull(), globals, pull_failed);
  if (!found) {
    return pull_failed;
  }
  const runtime::image::Image& image = *found;
  // Before any thread, and before the reaper's fork could inherit a layer's lock.
  const std::unique_ptr<container::Host> host =
      container::Host::Open(state, {.removal = container::Host::Removal::kInBackground,
                                    .children = container::Forker::Way::kCopied});
  const std::vector<base::UniqueFd> held = store.HoldLayers(image.layers);
  const container::ContainerDirectory directory(*host);
  container::ContainerSpec spec = SpecForImage(store, image, directory, options.program);
  Complete(options, state.root(), spec);
  const std::vector<runtime::volume::HeldVolume> volumes =
      AddMounts(Mounts(options, image, state), state, spec, directory.path());
  std::optional<runtime::network::OwnNetwork> network;
  if (const auto request = options.network.Request(spec, image.config.exposed_ports)) {
    network.emplace(*request, HelperProgram(runtime::network::kHelperName), spec.id);
    network->PutInto(spec);
  }

  const container::ContainerEnd end = RunInForeground(*host, spec, options.interactive);
  Explain(end);
  return container::ExitCode(end.status);
}

}  // namespace

int RunMain(std::vector<std::string> args) {
  RunOptions options;
  KeepOptions keep;
  return RunVerb(
      "run", "Run a program in a new container of an image.", std::move(args),
      [&](CLI::App& app) {
        options.Declare(app);
        keep.Declare(app);
      },
      [&](const Globals& globals) {
        options.Finish();
        keep.Finish();
        return keep.Wanted() ? RunKept(options, keep, globals) : Run(options, globals);
      },
      kContainerFailureCodes);
}

}  // namespace runner
