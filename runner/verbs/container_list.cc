// runner container ls (also: ps) and inspect.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/container_view.h"
#include "runner/listing.h"
#include "runner/table.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/lifecycle/store.h"

namespace runner {
namespace {

namespace lifecycle = runtime::lifecycle;
using lifecycle::Kept;
using lifecycle::Store;
using nlohmann::json;
using runtime::base::Error;
using runtime::base::ErrorKind;

struct Filter {
  std::string key;
  std::string value;
};

Filter ParseFilter(const std::string& text) {
  const size_t equals = text.find('=');
  Filter filter = {text.substr(0, equals),
                   equals == std::string::npos ? "" : text.substr(equals + 1)};
  constexpr const char* kKnown[] = {"id", "name", "status", "label", "exited", "health"};
  if (equals == std::string::npos ||
      std::find(std::begin(kKnown), std::end(kKnown), filter.key) == std::end(kKnown)) {
    throw Error(ErrorKind::kUsage,
                "--filter " + runtime::base::ForMessage(text) +
                    ": expected id=, name=, status=, label=, exited= or health=");
  }
  return filter;
}

bool Matches(const Kept& kept, const Filter& filter) {
  if (filter.key == "id") {
    return kept.config.id.starts_with(filter.value);
  }
  if (filter.key == "name") {
    return kept.name.find(filter.value) != std::string::npos;
  }
  if (filter.key == "status") {
    return filter.value == lifecycle::Name(kept.state.status);
  }
  if (filter.key == "health") {
    return filter.value == lifecycle::Name(kept.state.health.status);
  }
  if (filter.key == "exited") {
    return kept.state.status == lifecycle::Status::kExited &&
           filter.value == std::to_string(kept.state.exit_code);
  }
  const size_t equals = filter.value.find('=');
  const auto label = kept.config.labels.find(filter.value.substr(0, equals));
  return label != kept.config.labels.end() &&
         (equals == std::string::npos || label->second == filter.value.substr(equals + 1));
}

// The newest first. What can't be read is told on standard error, and `damaged` is set.
std::vector<Kept> Select(const Store& store, bool all, const std::vector<Filter>& filters,
                         bool& damaged) {
  const bool any_status =
      all || std::any_of(filters.begin(), filters.end(), [](const Filter& filter) {
        return filter.key == "status" || filter.key == "exited";
      });
  std::vector<Kept> list;
  for (const std::string& id : store.List()) {
    try {
      std::optional<Kept> kept = store.Load(id);
      if (kept && (any_status || lifecycle::IsAlive(kept->state.status)) &&
          std::all_of(filters.begin(), filters.end(),
                      [&](const Filter& filter) { return Matches(*kept, filter); })) {
        list.push_back(*std::move(kept));
      }
    } catch (const Error& e) {
      damaged = true;
      std::fprintf(stderr, "runner: %s\n", e.what());
    }
  }
  std::sort(list.begin(), list.end(),
            [](const Kept& a, const Kept& b) { return a.config.created > b.config.created; });
  return list;
}

std::string Cell(const json& row, const char* key) {
  return runtime::base::ForMessage(row.at(key).get<std::string>());
}

void PrintRows(const json& list) {
  constexpr size_t kCommandWidth = 30;
  std::vector<std::vector<std::string>> rows = {
      {"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"}};
  for (const json& row : list) {
    std::string command = Cell(row, "Command");
    if (command.size() > kCommandWidth) {
      command = command.substr(0, kCommandWidth - 3) + "...";
    }
    rows.push_back({Cell(row, "ID"), Cell(row, "Image"), command, Cell(row, "RunningFor"),
                    Cell(row, "Status"), Cell(row, "Ports"), Cell(row, "Names")});
  }
  PrintTable(std::move(rows));
}

struct ListOptions {
  bool all = false;
  ListingForm form;
  std::vector<std::string> filters;
};

int List(ListOptions options, const Globals& globals) {
  options.form.only_ids = globals.quiet;
  const Store store{OpenState(globals.root)};
  std::vector<Filter> filters;
  std::transform(options.filters.begin(), options.filters.end(), std::back_inserter(filters),
                 ParseFilter);
  const Listing listing(options.form);
  bool damaged = false;
  json rows = json::array();
  for (const Kept& kept : Select(store, options.all, filters, damaged)) {
    rows.push_back(ListingOf(kept));
  }
  listing.Print(rows, [&] { PrintRows(rows); });
  return damaged ? kExitOurs : kExitPassed;
}

}  // namespace

int ContainerLsMain(std::vector<std::string> args) {
  ListOptions options;
  return RunVerb(
      "container ls", "Lists containers that run (-q: only their ids)", std::move(args),
      [&](CLI::App& app) {
        app.add_flag("-a,--all", options.all, "Those that don't run too");
        app.add_flag("--json", options.form.as_json, "A JSON list in place of the table");
        app.add_option("--format", options.form.format,
                       "A line for each, such as '{{.ID}} {{.Names}}'");
        app.add_option("--filter", options.filters,
                       "id=, name=, status=, label=, exited= or health=")
            ->allow_extra_args(false);
      },
      [&](const Globals& globals) { return List(options, globals); });
}

int ContainerInspectMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  std::string format_text;
  return RunVerb(
      "container inspect", "Shows all about containers, as a JSON list", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", names, "Name, id or first digits")->required();
        app.add_option("-f,--format", format_text, "Parts of it, such as '{{.State.Status}}'");
      },
      [&](const Globals& globals) {
        const Store store{OpenState(globals.root)};
        json list = json::array();
        for (const std::string& name : names) {
          list.push_back(InspectionOf(store, store.Get(name)));
        }
        Listing({.as_json = format_text.empty(), .format = format_text}).Print(list, {});
        return kExitPassed;
      });
}

}  // namespace runner
