// runner network: the networks that containers share.
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/dispatch.h"
#include "runner/format_template.h"
#include "runner/table.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/lifecycle/store.h"
#include "runtime/network/live_networks.h"

namespace runner {
namespace {

using nlohmann::json;
using runtime::lifecycle::Store;
using runtime::network::LiveNetwork;

// That of the kept container whose it is; else the id says all.
std::string NameOf(const Store& store, const std::string& owner) {
  try {
    const std::optional<runtime::lifecycle::Kept> kept =
        store.Find(owner) == owner ? store.Load(owner) : std::nullopt;
    return kept ? kept->name : owner;
  } catch (const runtime::base::Error&) {
    return owner;
  }
}

// With docker's names.
json ToJson(const Store& store, const LiveNetwork& network) {
  return {{"ID", network.owner},
          {"Name", NameOf(store, network.owner)},
          {"Driver", network.way_out ? "full" : "job"},
          {"Scope", "local"}};
}

void PrintRows(const json& list) {
  std::vector<std::vector<std::string>> rows = {{"NETWORK ID", "NAME", "DRIVER", "SCOPE"}};
  for (const json& network : list) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const char* key : {"ID", "Name", "Driver", "Scope"}) {
      row.push_back(runtime::base::ForMessage(network.at(key).get<std::string>()));
    }
  }
  PrintTable(std::move(rows));
}

struct ListOptions {
  bool as_json = false;
  std::string format;
};

int List(const ListOptions& options, const Globals& globals) {
  const Store store{OpenState(globals.root)};
  std::optional<FormatTemplate> format;
  if (!options.format.empty()) {
    format.emplace(options.format);
  }
  json list = json::array();
  for (const LiveNetwork& network : runtime::network::LiveNetworks()) {
    list.push_back(ToJson(store, network));
  }
  if (options.as_json) {
    std::puts(list.dump(2, ' ', false, json::error_handler_t::replace).c_str());
  } else if (!format && !globals.quiet) {
    PrintRows(list);
  } else {
    for (const json& network : list) {
      std::puts((format ? format->Fill(network) : network.at("ID").get<std::string>()).c_str());
    }
  }
  return kExitPassed;
}

int LsMain(std::vector<std::string> args) {
  ListOptions options;
  return RunVerb(
      "network ls", "Lists the networks of runs and containers that live now (-q: only their ids)",
      std::move(args),
      [&](CLI::App& app) {
        app.add_flag("--json", options.as_json, "A JSON list in place of the table");
        app.add_option("--format", options.format,
                       "A line for each, such as '{{.ID}} {{.Driver}}'");
      },
      [&](const Globals& globals) { return List(options, globals); });
}

constexpr std::array kNetworkVerbs = {
    VerbEntry{"ls", LsMain, "List networks that live now"},
};

}  // namespace

int NetworkMain(std::vector<std::string> args) {
  return Dispatch("runner network", kNetworkVerbs, std::move(args));
}

}  // namespace runner
