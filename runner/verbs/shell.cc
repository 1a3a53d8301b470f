// runner shell RUN/STEP: into the files that a step of an earlier run left, as it had them.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "runner/cli.h"
#include "runner/foreground.h"
#include "runner/kept_run.h"
#include "runner/kept_runs.h"
#include "runner/lent_shell.h"
#include "runner/local_host.h"
#include "runner/masker.h"
#include "runner/run_finder.h"
#include "runner/run_network.h"
#include "runner/run_secrets.h"
#include "runner/step_secrets.h"
#include "runner/step_spec.h"
#include "runner/verbs/secret_options.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/container.h"
#include "runtime/container/user.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;

struct ShellOptions {
  std::string place;
  std::vector<std::string> command;
  SecretOptions secrets;

  void Declare(CLI::App& app) {
    app.footer(
        "The workspace is as the step left it, and so is what it changed elsewhere if it failed;\n"
        "environment, user, limits and network are those that it had, secrets those that are "
        "given\n"
        "here. What is changed is gone afterwards. An image without a shell is lent the host's\n"
        "static busybox. The exit code is the shell's, or the command's.\n\n"
        "Examples:\n"
        "  runner shell last/test\n"
        "  runner shell last/build -- ls -l out");
    app.add_option("RUN/STEP", place, "Run, as for runner logs, and a step of it")->required();
    app.add_option("COMMAND", command, "In place of a shell, after --");
    secrets.Declare(app);
  }
};

class StandardError : public pipeline::StepLog {
 public:
  void Line(pipeline::Stream, std::string_view line) override {
    std::fprintf(stderr, "runner: %s\n", base::ForMessage(line).c_str());
  }
};

KeptStep ReadStep(const RunPaths& paths, const std::string& step) {
  std::optional<KeptStep> kept = ReadKeptStep(paths, step);
  if (!kept || kept->image.empty()) {
    throw base::Error(base::ErrorKind::kNotFound, "step " + base::ForMessage(step) +
                                                      ": no container of it is kept; it has none, "
                                                      "or it did not run");
  }
  return *std::move(kept);
}

void AddSecrets(const KeptStep& kept, const std::map<std::string, std::string>& given,
                RunSecrets& secrets, container::ContainerSpec& spec) {
  std::vector<SecretGrant> grants;
  for (const std::string& name : kept.secrets) {
    if (given.contains(name)) {
      grants.push_back({name, {}});
    } else {
      std::fprintf(stderr, "runner: secret %s isn't there: give it with --secret\n", name.c_str());
    }
  }
  GiveSecrets(grants, secrets, spec);
}

int Shell(const ShellOptions& options, const Globals& globals) {
  const std::map<std::string, std::string> given = options.secrets.References();
  const base::StateDir state = OpenState(globals.root);
  const RunStep place = FindRunStep(state.runs(), options.place);
  const base::UniqueFd held = HoldKeptRun(state, place.run);
  const KeptStep kept = ReadStep(RunPaths(state.runs(), place.run), place.step);
  const runtime::image::ImageStore images(state);
  const runtime::image::Image image = images.Get(kept.image);
  const std::unique_ptr<container::Host> host = OpenSweptHost(state);
  const std::vector<base::UniqueFd> layers = images.HoldLayers(image.layers);

  pipeline::CommandRequest request;
  request.step = place.step;
  request.action = &kept.action;
  request.env = kept.env;
  request.workspace = kept.result.workspace;
  const pipeline::TestsSpec tests;
  request.tests = kept.tests ? &tests : nullptr;
  const container::ContainerDirectory directory(*host);
  container::ContainerSpec spec = SpecForStep(images, image, directory, request);
  container::RequireMapped(spec.user, host->ids());
  if (!kept.rootfs.empty()) {
    spec.rootfs.lower.push_back(images.layers().Path(kept.rootfs));
  }
  Masker masker;
  RunSecrets secrets(given, masker);
  AddSecrets(kept, given, secrets, spec);
  spec.argv = options.command;
  if (spec.argv.empty()) {
    runtime::layer::Snapshot files;
    files.lower = spec.rootfs.lower;
    const std::string shell = FindShell(files);
    spec.argv = shell.empty() ? std::vector{LendBusybox(directory, spec), std::string("sh")}
                              : std::vector{shell};
  }
  spec.terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  if (spec.terminal) {
    spec.env.push_back("TERM=xterm");
  }
  StandardError log;
  RunNetwork network(place.run, {});
  const std::unique_ptr<RunNetwork::Member> member = network.Join(request, log, {}, spec);
  const container::ContainerEnd end = RunInForeground(*host, spec, true);
  Explain(end);
  return container::ExitCode(end.status);
}

}  // namespace

int ShellMain(std::vector<std::string> args) {
  ShellOptions options;
  return RunVerb(
      "shell", "Opens a shell in the files that a step left.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) { return Shell(options, globals); }, kContainerFailureCodes);
}

}  // namespace runner
