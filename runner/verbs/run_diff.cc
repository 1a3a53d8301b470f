// runner diff RUN RUN: what two runs of this state directory did differently.
#include <cstdio>
#include <memory>

#include "runner/cli.h"
#include "runner/run_comparison.h"
#include "runner/run_source.h"
#include "runner/verbs/verbs.h"

namespace runner {
namespace {

struct DiffOptions {
  std::string first;
  std::string second;
  bool as_json = false;

  void Declare(CLI::App& app) {
    app.footer(
        "Compares step by step how it ended, its tests, its image and what it changed in the\n"
        "workspace, where it names the files; and commit, images, variables and options of both.\n"
        "A run is an id, enough of its beginning or end, last (the newest), the path of a record\n"
        "or of a run's directory, with a slash in it, or the URL of a run on a server.\n"
        "Exit code: 0 the same, 1 different, 2 bad usage, 3 a record can't be read.\n\n"
        "Examples:\n"
        "  runner diff 01kh2m last\n"
        "  runner diff --json 01kh2m 01kh2n | jq '.steps[] | select(.same | not)'");
    app.add_option("RUN", first, "A run")->required();
    app.add_option("OTHER", second, "The run to compare it with")->required();
    app.add_flag("--json", as_json, "As JSON");
  }
};

int Diff(const DiffOptions& options, const Globals& globals) {
  const runtime::base::StateDir state = OpenState(globals.root);
  const std::unique_ptr<RunSource> first = OpenRunSource(state, options.first);
  const std::unique_ptr<RunSource> second = OpenRunSource(state, options.second);
  const RunComparison comparison = CompareRuns(ComparedRunOf(*first), ComparedRunOf(*second));
  const std::string text = options.as_json ? ComparisonJson(comparison)
                           : globals.quiet ? ComparisonResult(comparison)
                                           : ComparisonText(comparison);
  std::fputs(text.c_str(), stdout);
  return comparison.same() ? kExitPassed : kExitFailed;
}

}  // namespace

int DiffMain(std::vector<std::string> args) {
  DiffOptions options;
  return RunVerb(
      "diff", "Says what two runs did differently.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) { return Diff(options, globals); });
}

}  // namespace runner
