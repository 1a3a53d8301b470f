// runner resume RUN --from STEP: goes on from a step of an earlier run.
#include <algorithm>
#include <filesystem>
#include <memory>

#include "runner/cli.h"
#include "runner/kept_run.h"
#include "runner/kept_runs.h"
#include "runner/local_host.h"
#include "runner/local_run.h"
#include "runner/patch_workspace.h"
#include "runner/run_directory.h"
#include "runner/run_finder.h"
#include "runner/run_id.h"
#include "runner/stop_signals.h"
#include "runner/terminal_view.h"
#include "runner/verbs/exit_code.h"
#include "runner/verbs/secret_options.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;
using base::Error;
using base::ErrorKind;
using reports::RunRecord;
using reports::StepRecord;

struct ResumeOptions {
  std::string run;
  std::string from;
  std::string patch;
  SecretOptions secrets;
  int jobs = 0;

  void Declare(CLI::App& app) {
    app.footer(
        "Steps that passed before are taken over with what they left, but for STEP and all that\n"
        "waits for it. The result is a run of its own, marked as not a clean one; it never "
        "pushes.\n"
        "What the steps of the last runs that didn't pass left is kept, and of exec --keep.\n\n"
        "Examples:\n"
        "  runner resume last --from test\n"
        "  git diff >fix.patch; runner resume last --from build --patch fix.patch");
    app.add_option("RUN", run, "Id, enough of its beginning or end, or last: the newest")
        ->required();
    app.add_option("--from", from, "First step that is run again")->required();
    app.add_option("--patch", patch,
                   "Apply this diff (as of git diff) to the workspace that it begins with");
    secrets.Declare(app);
    app.add_option("-j,--jobs", jobs, "Steps at once (default: one per core)")
        ->check(CLI::Range(1, 1024));
  }
};

const StepRecord& StepOf(const RunRecord& run, const std::string& name) {
  const auto step = std::find_if(run.steps.begin(), run.steps.end(),
                                 [&](const StepRecord& known) { return known.name == name; });
  if (step == run.steps.end() || step->kind == "clone" || step->kind == "push") {
    throw Error(ErrorKind::kUsage, "--from " + base::ForMessage(name) + ": run " + run.id +
                                       " has no step of that name that can be run again");
  }
  return *step;
}

// Steps that passed, but for `from` and all that waits for it. Steps come after those they need.
std::set<std::string> TakenOver(const RunRecord& run, const std::string& from) {
  std::set<std::string> again = {from};
  std::set<std::string> taken;
  for (bool more = true; std::exchange(more, false);) {
    for (const StepRecord& step : run.steps) {
      const bool waits = std::any_of(step.needs.begin(), step.needs.end(),
                                     [&](const std::string& need) { return again.contains(need); });
      if ((waits || !pipeline::IsSuccess(step.outcome)) && again.insert(step.name).second) {
        more = true;
      }
    }
  }
  for (const StepRecord& step : run.steps) {
    const bool ran = step.kind == "run" || step.kind == "image-build";
    if (ran && step.outcome != pipeline::Outcome::kSkipped && !again.contains(step.name)) {
      taken.insert(step.name);
    }
  }
  return taken;
}

int ResumeRun(const ResumeOptions& options, const Globals& globals) {
  LocalRunOptions run;
  run.secrets = options.secrets.References();
  const base::StateDir state = OpenState(globals.root);
  run.resume.run = FindRun(state.runs(), options.run);
  const RunPaths before(state.runs(), run.resume.run);
  const base::UniqueFd held = HoldKeptRun(state, run.resume.run);
  const std::optional<RunRecord> record = ReadRunRecord(before);
  const std::optional<KeptStart> start = ReadKeptStart(before);
  if (!record || !start) {
    throw Error(ErrorKind::kNotFound, "run " + run.resume.run + ": its record is missing");
  }
  run.resume.from = StepOf(*record, options.from).name;
  run.resume.taken_over = TakenOver(*record, options.from);
  if (!options.patch.empty()) {
    run.resume.patch = std::filesystem::absolute(options.patch);
    RequireAppliable(base::ReadFile(run.resume.patch, kMaxPatch));  // Before anything runs.
  }
  run.pipeline.run_id = NewRunId();
  run.pipeline.file = start->file;
  run.pipeline.env = start->env;
  run.pipeline.push = false;
  run.pipeline.jobs = options.jobs;

  const std::unique_ptr<runtime::container::Host> host = OpenSweptHost(state);
  const StopSignals signals;  // The first thread; the host is open.
  const std::unique_ptr<pipeline::RunObserver> view = MakeTerminalView(
      {.terminal = globals.terminal, .colour = globals.colour, .quiet = globals.quiet});
  if (!globals.quiet) {
    std::fprintf(stderr, "resume run %s from step %s: not a clean run, it pushes nothing\n",
                 run.resume.run.c_str(), base::ForMessage(options.from).c_str());
  }
  return ExitCodeOf(RunHere(*host, record->event, std::move(run), *view, signals.token()));
}

}  // namespace

int ResumeMain(std::vector<std::string> args) {
  ResumeOptions options;
  return RunVerb(
      "resume", "Goes on from a step of an earlier run.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) { return ResumeRun(options, globals); });
}

}  // namespace runner
