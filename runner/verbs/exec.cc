// runner exec [DIR]: runs the pipeline of a working tree, here and now, with the server's engine.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>

#include "pipeline/run.h"
#include "reports/junit_writer.h"
#include "runner/cli.h"
#include "runner/local_host.h"
#include "runner/local_run.h"
#include "runner/run_id.h"
#include "runner/stop_signals.h"
#include "runner/terminal_view.h"
#include "runner/verbs/exit_code.h"
#include "runner/verbs/network_options.h"
#include "runner/verbs/secret_options.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
namespace base = runtime::base;

struct ExecOptions {
  std::string directory = ".";
  std::string commit;
  std::string event = "push";
  std::string branch;
  std::vector<std::string> env;
  std::vector<std::string> steps;
  std::vector<std::string> network_allow;
  SecretOptions secrets;
  std::string file;
  std::string junit;
  bool no_push = false;
  bool keep = false;
  int jobs = 0;

  void Declare(CLI::App& app) {
    app.footer(
        "Takes uncommitted changes along and leaves ignored files out; --commit takes that commit\n"
        "as it is. Exit code: 0 passed, 1 the pipeline failed, 2 bad usage or an invalid file,\n"
        "3 the runner failed, 130 interrupted.\n\n"
        "Examples:\n"
        "  runner exec\n"
        "  runner exec samples/hello-cpp --env REGISTRY=localhost:5000\n"
        "  runner exec --secret registry-password=@$HOME/.registry-password\n"
        "  runner exec --commit v1.2 --no-push --junit report.xml");
    app.add_option("DIR", directory, "A directory in a git repository (default: this one)");
    app.add_option("--commit", commit, "Run this commit instead of the working tree");
    app.add_option("--event", event, "push (default), tag, pull-request or manual");
    app.add_option("--branch", branch, "Branch to say it is (default: what HEAD is on)");
    app.add_option("-e,--env", env, "NAME=VALUE, over the file's env")->allow_extra_args(false);
    secrets.Declare(app);
    app.add_option("--step", steps, "Only this step and what it needs; may be repeated")
        ->allow_extra_args(false);
    app.add_option("-f,--file", file, "Pipeline file in the repository (default: .runner.yml)");
    app.add_option("--junit", junit, "Write one merged JUnit report to this file");
    app.add_flag("--keep", keep,
                 "Keep what the steps change, for runner shell and resume, although they pass");
    app.add_flag("--no-push", no_push, "Skip the push steps");
    app.add_option("--network-allow", network_allow,
                   "ADDRESS or RANGE that steps reach although it is private or the host's")
        ->allow_extra_args(false);
    app.add_option("-j,--jobs", jobs, "Steps at once (default: one per core)")
        ->check(CLI::Range(1, 1024));
  }

  pipeline::EventKind Event() const {
    using pipeline::EventKind;
    for (const EventKind kind :
         {EventKind::kPush, EventKind::kTag, EventKind::kPullRequest, EventKind::kManual}) {
      if (event == pipeline::ToString(kind)) {
        return kind;
      }
    }
    throw base::Error(base::ErrorKind::kUsage, "--event " + base::ForMessage(event) +
                                                   ": expected push, tag, pull-request or manual");
  }

  pipeline::TriggerEvent Trigger() const {
    std::error_code error;
    const fs::path path = fs::canonical(directory, error);
    if (error || !fs::is_directory(path)) {
      throw base::Error(base::ErrorKind::kUsage,
                        "exec " + base::ForMessage(directory) + ": no such directory");
    }
    pipeline::TriggerEvent trigger;
    trigger.kind = Event();
    trigger.repository = path.filename();
    trigger.clone_url = path;
    trigger.branch = branch;
    trigger.commit = commit;
    trigger.working_tree = commit.empty();
    return trigger;
  }

  std::map<std::string, std::string> Env() const {
    std::map<std::string, std::string> result;
    for (const std::string& entry : env) {
      const size_t equals = entry.find('=');
      if (equals == std::string::npos || equals == 0) {
        throw base::Error(base::ErrorKind::kUsage,
                          "--env " + base::ForMessage(entry) + ": expected NAME=VALUE");
      }
      result[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return result;
  }
};

int Exec(const ExecOptions& options, const Globals& globals) {
  const pipeline::TriggerEvent trigger = options.Trigger();
  std::map<std::string, std::string> secrets = options.secrets.References();
  const base::StateDir state = OpenState(globals.root);
  const std::unique_ptr<runtime::container::Host> host = OpenSweptHost(state);

  const StopSignals signals;  // The first thread; the host is open.
  const std::unique_ptr<pipeline::RunObserver> view = MakeTerminalView(
      {.terminal = globals.terminal, .colour = globals.colour, .quiet = globals.quiet});
  LocalRunOptions run;
  run.local_sources = true;
  run.keep = options.keep;
  run.pipeline.run_id = NewRunId();
  run.pipeline.file = options.file;
  run.pipeline.jobs = options.jobs;
  run.pipeline.push = !options.no_push;
  run.pipeline.only_steps = options.steps;
  run.pipeline.env = options.Env();
  run.secrets = std::move(secrets);
  for (const std::string& range : options.network_allow) {
    run.network_allow.push_back(ParseAllowedNetwork("--network-allow", range));
  }
  const pipeline::RunSummary summary =
      RunHere(*host, trigger, std::move(run), *view, signals.token());
  if (!options.junit.empty()) {
    base::WriteFileAtomically(options.junit, reports::WriteJunit(summary.tests),
                              base::Durability::kNoFlush, 0644);
  }
  return ExitCodeOf(summary);
}

}  // namespace

int ExecMain(std::vector<std::string> args) {
  ExecOptions options;
  return RunVerb(
      "exec", "Run the pipeline of a working tree.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) { return Exec(options, globals); });
}

}  // namespace runner
