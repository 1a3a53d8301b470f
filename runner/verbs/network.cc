// runner network: the networks that containers share.
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/dispatch.h"
#include "runner/listing.h"
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

int List(ListingForm form, const Globals& globals) {
  const Store store{OpenState(globals.root)};
  form.only_ids = globals.quiet;
  const Listing listing(form);
  json list = json::array();
  for (const LiveNetwork& network : runtime::network::LiveNetworks()) {
    list.push_back(ToJson(store, network));
  }
  listing.Print(list, [&] { PrintRows(list); });
  return kExitPassed;
}

int LsMain(std::vector<std::string> args) {
  ListingForm form;
  return RunVerb(
      "network ls", "Lists the networks of runs and containers that live now (-q: only their ids)",
      std::move(args),
      [&](CLI::App& app) {
        app.add_flag("--json", form.as_json, "A JSON list in place of the table");
        app.add_option("--format", form.format, "A line for each, such as '{{.ID}} {{.Driver}}'");
      },
      [&](const Globals& globals) { return List(form, globals); });
}

constexpr std::array kNetworkVerbs = {
    VerbEntry{"ls", LsMain, "List networks that live now"},
};

}  // namespace

int NetworkMain(std::vector<std::string> args) {
  return Dispatch("runner network", kNetworkVerbs, std::move(args));
}

}  // namespace runner
