// runner show, report, cancel: one run of this state directory.
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "reports/test_summary.h"
#include "runner/cli.h"
#include "runner/plain_view.h"
#include "runner/run_control.h"
#include "runner/run_finder.h"
#include "runner/run_store_reader.h"
#include "runner/run_summary_text.h"
#include "runner/stop_signals.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;
using base::Error;
using base::ErrorKind;
using reports::RunRecord;

constexpr char kRunHelp[] = "Id, enough of its beginning or end, or last: the newest";

// A run of the store, and what it is kept in.
struct StoredRun {
  StoredRun(const Globals& globals, const std::string& text)
      : state(OpenState(globals.root)), reader(state.runs()), id(FindRun(state.runs(), text)) {}

  RunRecord Record() {
    std::optional<RunRecord> found = reader.Find(id);
    if (!found) {
      throw Error(ErrorKind::kNotFound, "run " + id + ": its record is missing");
    }
    return *std::move(found);
  }

  base::StateDir state;
  RunStoreReader reader;
  std::string id;
};

// What the terminal showed when it ended.
pipeline::RunSummary SummaryOf(const RunRecord& run,
                               const std::optional<pipeline::TestReport>& tests) {
  pipeline::RunSummary summary;
  summary.id = run.id;
  summary.pipeline = run.pipeline;
  summary.event = run.event;
  summary.outcome = run.outcome;
  summary.reason = run.reason;
  summary.duration = run.duration;
  for (const reports::StepRecord& step : run.steps) {
    pipeline::StepSummary& shown = summary.steps.emplace_back();
    shown.name = step.name;
    shown.kind = step.kind;
    shown.result.outcome = step.outcome;
    shown.result.reason = step.reason;
    shown.result.reused_from = step.reused_from;
    shown.result.usage = step.usage;
    shown.result.pushed = step.pushed;
    shown.result.has_tests = step.has_tests;
  }
  summary.tests = tests.value_or(pipeline::TestReport());
  return summary;
}

void PrintHead(const RunRecord& run) {
  std::string text = "run " + run.id + ": " + EventText(run.event) + "\n";
  if (!run.commit.empty()) {
    text += "commit " + run.commit + " " + base::ForMessage(run.event.title) + "\n";
  }
  if (!run.resumed.run.empty()) {
    text += "resumed from " + run.resumed.run + " at step " + base::ForMessage(run.resumed.from) +
            (run.resumed.patched ? ", with a patch" : "") + ": not a clean run\n";
  }
  if (!run.replays.empty()) {
    text += "replay of run " + base::ForMessage(run.replays) + "\n";
  }
  text += "started " + base::FormatTime(run.started) + "\n";
  std::fputs(text.c_str(), stdout);
}

void PrintRunning(const RunRecord& run) {
  for (const reports::StepRecord& step : run.steps) {
    std::printf("  %s  %s\n", base::ForMessage(step.name).c_str(),
                std::string(reports::StatusWord(step)).c_str());
  }
  std::printf("%s\n", std::string(reports::StatusWord(run)).c_str());
}

int Show(const std::string& text, bool as_json, const Globals& globals) {
  StoredRun stored(globals, text);
  const RunRecord run = stored.Record();
  if (as_json) {
    std::fputs(reports::ToJson(run).c_str(), stdout);
    return kExitPassed;
  }
  PrintHead(run);
  if (run.state != reports::RunState::kFinished) {
    PrintRunning(run);
    return kExitPassed;
  }
  for (const std::string& finding : run.diagnostics) {
    std::printf("%s\n",
                base::ForMessage(finding.substr(0, finding.find_last_not_of('\n') + 1)).c_str());
  }
  SummaryStyle style;
  style.colour = globals.colour && ::isatty(STDOUT_FILENO) == 1;
  style.logs = false;
  std::fputs(
      RunSummaryText(SummaryOf(run, stored.reader.Tests(stored.id)), StepTails(), style).c_str(),
      stdout);
  return kExitPassed;
}

int Report(const std::string& text, const std::string& junit, const Globals& globals) {
  StoredRun stored(globals, text);
  const std::optional<std::string> file = stored.reader.Junit(stored.id);
  if (!file) {
    throw Error(ErrorKind::kNotFound, "run " + stored.id + ": it has no test results");
  }
  if (junit == "-") {
    base::WriteAll(STDOUT_FILENO, *file, "the report");
  } else if (!junit.empty()) {
    base::WriteFileAtomically(junit, *file, base::Durability::kNoFlush, 0644);
  } else {
    reports::TestSummaryStyle style;
    style.colour = globals.colour && ::isatty(STDOUT_FILENO) == 1;
    std::fputs(reports::SummarizeTests(*stored.reader.Tests(stored.id), style).c_str(), stdout);
  }
  return kExitPassed;
}

int Cancel(const std::string& text, const Globals& globals) {
  StoredRun stored(globals, text);
  const StopSignals signals;
  const RunPaths paths(stored.state.runs(), stored.id);
  const std::optional<base::UniqueFd> control = OpenControl(paths);
  if (!control) {
    throw Error(ErrorKind::kNotFound, "run " + stored.id + " isn't running: it is " +
                                          std::string(reports::StatusWord(stored.Record())));
  }
  TellToEnd(*control);
  AwaitEnd(paths, signals.token());
  const RunRecord run = stored.Record();
  if (!globals.quiet) {
    std::printf("run %s: %s\n", run.id.c_str(), std::string(reports::StatusWord(run)).c_str());
  }
  return kExitPassed;
}

}  // namespace

int ShowMain(std::vector<std::string> args) {
  std::string run = "last";
  bool as_json = false;
  return RunVerb(
      "show", "Shows a run: why it started, its steps, its tests, how it ended.", std::move(args),
      [&](CLI::App& app) {
        app.add_option("RUN", run, kRunHelp);
        app.add_flag("--json", as_json, "The run's record");
      },
      [&](const Globals& globals) { return Show(run, as_json, globals); });
}

int ReportMain(std::vector<std::string> args) {
  std::string run = "last";
  std::string junit;
  return RunVerb(
      "report", "Shows the test results of a run.", std::move(args),
      [&](CLI::App& app) {
        app.add_option("RUN", run, kRunHelp);
        app.add_option("--junit", junit, "Write them as one JUnit file instead; -: to the output");
      },
      [&](const Globals& globals) { return Report(run, junit, globals); });
}

int CancelMain(std::vector<std::string> args) {
  std::string run;
  return RunVerb(
      "cancel", "Ends a run, whoever started it, and returns when nothing of it is left.",
      std::move(args),
      [&](CLI::App& app) {
        app.footer("What it ends gets SIGTERM, and 10 seconds later SIGKILL.");
        app.add_option("RUN", run, kRunHelp)->required();
      },
      [&](const Globals& globals) { return Cancel(run, globals); });
}

}  // namespace runner
