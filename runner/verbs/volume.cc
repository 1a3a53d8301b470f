// runner volume: directories that outlive containers.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/dispatch.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/volume/volume_store.h"

namespace runner {
namespace {

using nlohmann::json;
using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::volume::Volume;
using runtime::volume::VolumeStore;

VolumeStore Store(const Globals& globals) { return VolumeStore(OpenState(globals.root)); }

json ToJson(const VolumeStore& store, const Volume& volume) {
  using runtime::base::Clock;
  return {{"Name", volume.name},
          {"Mountpoint", volume.data.string()},
          {"CreatedAt",
           runtime::base::FormatTime(Clock::WallTime(std::chrono::seconds(volume.created)))},
          {"Labels", volume.labels},
          {"InUse", store.IsInUse(volume.name)}};
}

void Print(const json& list) {
  std::puts(list.dump(2, ' ', false, json::error_handler_t::replace).c_str());
}

int CreateMain(std::vector<std::string> args) {
  std::string name;
  std::vector<std::string> labels;
  return RunVerb(
      "volume create", "Makes a volume; one that is there stays as it is", std::move(args),
      [&](CLI::App& app) {
        app.add_option("NAME", name, "Letters, digits, '_', '.' and '-'")->required();
        app.add_option("--label", labels, "KEY=VALUE; may be repeated")->allow_extra_args(false);
      },
      [&](const Globals& globals) {
        std::map<std::string, std::string> map;
        for (const std::string& label : labels) {
          const size_t equals = std::min(label.find('='), label.size());
          map[label.substr(0, equals)] = equals < label.size() ? label.substr(equals + 1) : "";
        }
        std::puts(Store(globals).Create(name, map).name.c_str());
        return kExitPassed;
      });
}

int LsMain(std::vector<std::string> args) {
  bool as_json = false;
  return RunVerb(
      "volume ls", "Lists volumes (-q: only their names)", std::move(args),
      [&](CLI::App& app) { app.add_flag("--json", as_json, "A JSON list in place of the table"); },
      [&](const Globals& globals) {
        const VolumeStore store = Store(globals);
        json list = json::array();
        for (const Volume& volume : store.List()) {
          list.push_back(ToJson(store, volume));
        }
        if (as_json) {
          Print(list);
          return kExitPassed;
        }
        if (!globals.quiet) {
          std::printf("%-20s   %-6s   %s\n", "CREATED", "IN USE", "NAME");
        }
        for (const json& volume : list) {
          const auto name = volume.at("Name").get<std::string>();
          if (globals.quiet) {
            std::puts(name.c_str());
          } else {
            std::printf("%-20s   %-6s   %s\n", volume.at("CreatedAt").get<std::string>().c_str(),
                        volume.at("InUse").get<bool>() ? "yes" : "no", name.c_str());
          }
        }
        return kExitPassed;
      });
}

int InspectMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  return RunVerb(
      "volume inspect", "Shows all about volumes, as a JSON list", std::move(args),
      [&](CLI::App& app) { app.add_option("NAME", names, "A volume")->required(); },
      [&](const Globals& globals) {
        const VolumeStore store = Store(globals);
        json list = json::array();
        for (const std::string& name : names) {
          const std::optional<Volume> volume = store.Find(name);
          if (!volume) {
            throw Error(ErrorKind::kNotFound,
                        "no volume named " + name + " (see: runner volume ls)");
          }
          list.push_back(ToJson(store, *volume));
        }
        Print(list);
        return kExitPassed;
      });
}

int RmMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  return RunVerb(
      "volume rm", "Removes volumes and what is in them; never one in use", std::move(args),
      [&](CLI::App& app) { app.add_option("NAME", names, "A volume")->required(); },
      [&](const Globals& globals) {
        const VolumeStore store = Store(globals);
        for (const std::string& name : names) {
          store.Remove(name);
          std::puts(name.c_str());
        }
        return kExitPassed;
      });
}

int PruneMain(std::vector<std::string> args) {
  bool force = false;
  return RunVerb(
      "volume prune", "Removes every volume that no container uses", std::move(args),
      [&](CLI::App& app) { app.add_flag("-f,--force", force, "Don't ask: required"); },
      [&](const Globals& globals) {
        const VolumeStore store = Store(globals);
        if (!force) {
          throw Error(ErrorKind::kUsage,
                      "volume prune: it removes every volume that no container uses, for good; "
                      "say --force if that is meant");
        }
        for (const Volume& volume : store.List()) {
          try {
            store.Remove(volume.name);
            std::puts(volume.name.c_str());
          } catch (const Error& e) {
            if (e.kind() != ErrorKind::kUnavailable && e.kind() != ErrorKind::kNotFound) {
              throw;
            }
          }
        }
        return kExitPassed;
      });
}

constexpr std::array kVerbs = {
    VerbEntry{"create", CreateMain, "Make a volume"},
    VerbEntry{"inspect", InspectMain, "Show all about volumes, as JSON"},
    VerbEntry{"ls", LsMain, "List volumes"},
    VerbEntry{"prune", PruneMain, "Remove every volume that no container uses"},
    VerbEntry{"rm", RmMain, "Remove volumes"},
};

}  // namespace

int VolumeMain(std::vector<std::string> args) {
  return Dispatch("runner volume", kVerbs, std::move(args));
}

}  // namespace runner
