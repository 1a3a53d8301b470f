// runner runs: past and present runs of this state directory.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/listing.h"
#include "runner/run_store_reader.h"
#include "runner/table.h"
#include "runner/text_width.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"

namespace runner {
namespace {

using nlohmann::json;
using reports::RunRecord;
using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::base::ForMessage;

std::chrono::milliseconds DurationOf(const RunRecord& run) {
  return run.state == reports::RunState::kRunning
             ? std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now() - run.started)
             : run.duration;
}

// A run as programs see it, and --format.
json ListingOf(const RunRecord& run) {
  const pipeline::TriggerEvent& event = run.event;
  return {{"ID", run.id},
          {"Status", reports::StatusWord(run)},
          {"Reason", run.reason},
          {"Pipeline", run.pipeline},
          {"Repository", event.repository},
          {"Event", event.working_tree ? "working-tree" : pipeline::ToString(event.kind)},
          {"Branch", event.branch},
          {"Tag", event.tag},
          {"Commit", run.commit.empty() ? event.commit : run.commit},
          {"Title", event.title},
          {"Author", event.author},
          {"StartedAt", runtime::base::FormatTime(run.started)},
          {"DurationMs", DurationOf(run).count()}};
}

// KEY=VALUE of --filter: "commit" by its beginning, all others as they are.
bool Matches(const json& run, const std::string& filter) {
  struct Key {
    std::string_view filter;
    const char* member;
  };
  constexpr Key kKeys[] = {
      {"status", "Status"},         {"branch", "Branch"},     {"tag", "Tag"},
      {"event", "Event"},           {"pipeline", "Pipeline"}, {"commit", "Commit"},
      {"repository", "Repository"}, {"author", "Author"}};
  const size_t equals = filter.find('=');
  const auto key = std::find_if(std::begin(kKeys), std::end(kKeys), [&](const Key& known) {
    return equals != std::string::npos && filter.substr(0, equals) == known.filter;
  });
  if (key == std::end(kKeys)) {
    throw Error(ErrorKind::kUsage, "--filter " + ForMessage(filter) +
                                       ": expected status=, branch=, tag=, event=, pipeline=, "
                                       "commit=, repository= or author=");
  }
  const std::string value = filter.substr(equals + 1);
  const std::string have = run.at(key->member);
  return key->filter == "commit" ? !value.empty() && have.starts_with(value) : have == value;
}

std::string Text(const json& run, const char* member, size_t width) {
  return CutToWidth(ForMessage(run.at(member).get<std::string>()), width);
}

void PrintRows(const std::vector<json>& runs) {
  std::vector<std::vector<std::string>> rows = {
      {"RUN", "STATUS", "PIPELINE", "BRANCH", "COMMIT", "STARTED", "TIME", "TITLE"}};
  for (const json& run : runs) {
    const std::string branch = Text(run, run.at("Tag") == "" ? "Branch" : "Tag", 24);
    rows.push_back({run.at("ID"), run.at("Status"), Text(run, "Pipeline", 24), branch,
                    Text(run, "Commit", 12), run.at("StartedAt"),
                    runtime::base::FormatDuration(
                        std::chrono::milliseconds(run.at("DurationMs").get<int64_t>())),
                    Text(run, "Title", 50)});
  }
  PrintTable(std::move(rows));
}

struct ListOptions {
  size_t limit = 20;
  ListingForm form;
  std::vector<std::string> filters;

  void Declare(CLI::App& app) {
    app.footer(
        "Newest first. Members for --format: ID, Status, Reason, Pipeline, Repository, Event,\n"
        "Branch, Tag, Commit, Title, Author, StartedAt, DurationMs.\n\n"
        "Examples:\n"
        "  runner runs --filter status=failed --filter branch=main\n"
        "  runner runs -n 1 --format '{{.ID}} {{.Status}}'");
    app.add_option("-n,--limit", limit, "At most that many (default: 20; 0: all)");
    app.add_option("--filter", filters, "KEY=VALUE; may be repeated: a run must match each")
        ->allow_extra_args(false);
    app.add_flag("--json", form.as_json, "As JSON");
    app.add_option("--format", form.format, "A line for each: '{{.ID}}', 'json'");
  }
};

// Page by page, so that the newest are shown without reading all.
std::vector<json> Select(const ListOptions& options, RunStoreReader& reader) {
  std::vector<json> runs;
  reports::RunPageRequest request;
  for (bool more = true; more;) {
    reports::RunPageResult page = reader.List(request);
    for (const RunRecord& run : page.runs) {
      json listing = ListingOf(run);
      if (std::all_of(options.filters.begin(), options.filters.end(),
                      [&](const std::string& filter) { return Matches(listing, filter); })) {
        runs.push_back(std::move(listing));
      }
      if (options.limit > 0 && runs.size() == options.limit) {
        return runs;
      }
    }
    more = page.more;
    request.before = page.runs.empty() ? "" : page.runs.back().id;
  }
  return runs;
}

int List(ListOptions options, const Globals& globals) {
  const runtime::base::StateDir state = OpenState(globals.root);
  options.form.only_ids = globals.quiet;
  const Listing listing(options.form);
  for (const std::string& filter : options.filters) {
    Matches(ListingOf({}), filter);  // Also where there is no run.
  }
  RunStoreReader reader(state.runs());
  const std::vector<json> runs = Select(options, reader);
  listing.Print(runs, [&] { PrintRows(runs); });
  return kExitPassed;
}

}  // namespace

int RunsMain(std::vector<std::string> args) {
  ListOptions options;
  return RunVerb(
      "runs", "Lists past and present runs.", std::move(args),
      [&](CLI::App& app) { options.Declare(app); },
      [&](const Globals& globals) { return List(options, globals); });
}

}  // namespace runner
