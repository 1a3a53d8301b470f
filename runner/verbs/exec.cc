// runner exec [DIR]: runs the pipeline of a working tree, here and now, with the server's engine.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "pipeline/run.h"
#include "reports/junit_writer.h"
#include "runner/cli.h"
#include "runner/local_host.h"
#include "runner/local_run.h"
#include "runner/replay.h"
#include "runner/run_comparison.h"
#include "runner/run_id.h"
#include "runner/run_source.h"
#include "runner/stop_signals.h"
#include "runner/terminal_view.h"
#include "runner/verbs/exit_code.h"
#include "runner/verbs/network_options.h"
#include "runner/verbs/secret_options.h"
#include "runner/verbs/trigger_options.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

namespace base = runtime::base;

struct ExecOptions {
  TriggerOptions trigger;
  std::string commit;
  std::string run;  // to be replayed
  std::vector<std::string> network_allow;
  std::vector<std::filesystem::path> volume_allow;
  SecretOptions secrets;
  std::string junit;
  bool keep = false;
  int jobs = 0;

  void Declare(CLI::App& app) {
    app.footer(
        "Takes uncommitted changes along and leaves ignored files out; --commit takes that commit\n"
        "as it is. Exit code: 0 passed, 1 the pipeline failed, 2 bad usage or an invalid file,\n"
        "3 the runner failed, 130 interrupted.\n\n"
        "Examples:\n"
        "  runner exec\n"
        "  runner exec ~/src/hubot --env REGISTRY=localhost:5000\n"
        "  runner exec --secret registry-password=@$HOME/.registry-password\n"
        "  runner exec --commit v1.2 --no-push --junit report.xml\n"
        "  runner exec --run last\n"
        "  runner exec --run https://ci.example.org/runs/01kgasd000abcdef");
    trigger.Declare(app);
    app.add_option("--commit", commit, "Run this commit instead of the working tree");
    CLI::Option* replay = app.add_option(
        "--run", run,
        "Replay this run (its id, the path of its record, or its URL on a server) and say what\n"
        "is different");
    for (const char* chosen :
         {"--commit", "--event", "--branch", "--input", "--matrix", "--step", "--file"}) {
      replay->excludes(app.get_option(chosen));
    }
    secrets.Declare(app);
    app.add_option("--junit", junit, "Write one merged JUnit report to this file");
    app.add_flag("--keep", keep,
                 "Keep what the steps change, for runner shell and resume, although they pass");
    app.add_option("--network-allow", network_allow,
                   "ADDRESS or RANGE that steps reach although it is private or the host's")
        ->allow_extra_args(false);
    app.add_option("--volume-allow", volume_allow,
                   "PATH of this host that steps may mount, with all below it")
        ->allow_extra_args(false);
    app.add_option("-j,--jobs", jobs, "Steps at once (default: one per core)")
        ->check(CLI::Range(1, 1024));
  }

  pipeline::TriggerEvent Trigger() const {
    pipeline::TriggerEvent event = trigger.Trigger("exec");
    event.commit = commit;
    event.working_tree = commit.empty();
    return event;
  }
};

// The run itself; what `run` has is completed by what goes for every run.
pipeline::RunSummary RunOnce(const ExecOptions& options, const Globals& globals,
                             const base::StateDir& state, const pipeline::TriggerEvent& trigger,
                             LocalRunOptions run) {
  const std::unique_ptr<runtime::container::Host> host = OpenSweptHost(state);
  const StopSignals signals;  // The first thread; the host is open.
  const std::unique_ptr<pipeline::RunObserver> view = MakeTerminalView(
      {.terminal = globals.terminal, .colour = globals.colour, .quiet = globals.quiet});
  run.keep = options.keep;
  run.pipeline.jobs = options.jobs;
  for (const std::string& range : options.network_allow) {
    run.network_allow.push_back(ParseAllowedNetwork("--network-allow", range));
  }
  run.volume_allow = options.volume_allow;
  return RunHere(*host, trigger, std::move(run), *view, signals.token());
}

void WriteTests(const ExecOptions& options, const pipeline::TestReport& tests) {
  if (!options.junit.empty()) {
    base::WriteFileAtomically(options.junit, reports::WriteJunit(tests), base::Durability::kNoFlush,
                              0644);
  }
}

int Exec(const ExecOptions& options, const Globals& globals) {
  const pipeline::TriggerEvent trigger = options.Trigger();
  LocalRunOptions run;
  run.local_sources = true;
  run.secrets = options.secrets.References();
  run.pipeline = options.trigger.Run();
  const base::StateDir state = OpenState(globals.root);
  // Of a repository with several pipelines, those that are left.
  std::vector<pipeline::NamedPipeline> next;
  run.pipeline.share_out = [&](const pipeline::NamedPipeline& /*own*/,
                               const std::vector<pipeline::NamedPipeline>& others) {
    next = others;
  };
  pipeline::TestReport tests;
  int code = kExitPassed;
  for (size_t done = 0;; ++done) {
    run.pipeline.run_id = NewRunId();
    const pipeline::RunSummary summary = RunOnce(options, globals, state, trigger, run);
    tests.Add(summary.tests);
    code = std::max(code, ExitCodeOf(summary));
    if (code == kExitInterrupted || done == next.size()) {
      break;
    }
    run.pipeline.file = next[done].file;
  }
  WriteTests(options, tests);
  return code;
}

// Passed only if it is the same as well.
int Replay(const ExecOptions& options, const Globals& globals) {
  ReplayRequest request;
  request.env = options.trigger.Run().env;
  request.secrets = options.secrets.References();
  request.repository = options.trigger.Repository("exec");
  const base::StateDir state = OpenState(globals.root);
  const std::unique_ptr<RunSource> source = OpenRunSource(state, options.run);
  ReplayPlan plan = PlanReplay(*source, request);
  const std::string id = NewRunId();
  plan.options.pipeline.run_id = id;
  if (!globals.quiet) {
    std::fprintf(stderr, "replay %s: nothing is pushed\n", source->Name().c_str());
  }
  const pipeline::RunSummary summary =
      RunOnce(options, globals, state, plan.event, std::move(plan.options));
  WriteTests(options, summary.tests);
  const int code = ExitCodeOf(summary);
  if (code == kExitInterrupted) {
    return code;
  }
  const std::unique_ptr<RunSource> replayed = OpenRunSource(state, id);
  const RunComparison comparison = CompareRuns(ComparedRunOf(*source), ComparedRunOf(*replayed));
  std::fputs((globals.quiet ? ComparisonResult(comparison) : ComparisonText(comparison)).c_str(),
             stdout);
  return code == kExitPassed && !comparison.same() ? kExitFailed : code;
}

}  // namespace

int ExecMain(std::vector<std::string> args) {
  ExecOptions options;
  return RunVerb(
      "exec", "Run the pipeline of a working tree.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) {
        return options.run.empty() ? Exec(options, globals) : Replay(options, globals);
      });
}

}  // namespace runner
