// runner volume: directories that outlive containers.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "runner/cli.h"
#include "runner/dispatch.h"
#include "runner/listing.h"
#include "runner/refuse.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
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
          {"Anonymous", volume.anonymous},
          {"Size", volume.size_bytes},
          {"InUse", store.IsInUse(volume.name)}};
}

// --opt, of which docker's local driver has many and a directory one.
uint64_t SizeOf(const std::vector<std::string>& texts) {
  uint64_t size = 0;
  for (const std::string& text : texts) {
    const std::optional<uint64_t> bytes =
        text.starts_with("size=") ? runtime::base::ParseSize(text.substr(5)) : std::nullopt;
    if (!bytes || *bytes == 0) {
      Refuse("--opt", text, "size=SIZE, such as size=1g");
    }
    size = *bytes;
  }
  return size;
}

int CreateMain(std::vector<std::string> args) {
  std::string name;
  std::string driver;
  std::vector<std::string> labels;
  std::vector<std::string> options;
  return RunVerb(
      "volume create", "Makes a volume; one that is there stays as it is", std::move(args),
      [&](CLI::App& app) {
        app.add_option("NAME", name, "Letters, digits, '_', '.' and '-' (default: random digits)");
        app.add_option("-d,--driver", driver, "local, the only one there is");
        app.add_option("--label", labels, "KEY=VALUE; may be repeated")->allow_extra_args(false);
        app.add_option("-o,--opt", options,
                       "size=SIZE: no more fits in; needs a file system with project quotas")
            ->allow_extra_args(false);
      },
      [&](const Globals& globals) {
        if (!driver.empty() && driver != "local") {
          Refuse("--driver", driver, "local: volumes are directories of this host");
        }
        runtime::volume::VolumeOptions volume;
        volume.size_bytes = SizeOf(options);
        for (const std::string& label : labels) {
          const size_t equals = std::min(label.find('='), label.size());
          volume.labels[label.substr(0, equals)] =
              equals < label.size() ? label.substr(equals + 1) : "";
        }
        volume.anonymous = name.empty();
        const std::string made = name.empty() ? VolumeStore::NewName() : name;
        std::puts(Store(globals).Create(made, volume).name.c_str());
        return kExitPassed;
      });
}

// Docker's: dangling=true, name=PART, label=KEY[=VALUE].
bool Matches(const json& volume, const std::string& filter) {
  const size_t equals = std::min(filter.find('='), filter.size());
  const std::string key = filter.substr(0, equals);
  const std::string value = equals < filter.size() ? filter.substr(equals + 1) : "";
  if (key == "dangling" && (value == "true" || value == "false")) {
    return volume.at("InUse").get<bool>() == (value == "false");
  }
  if (key == "name") {
    return volume.at("Name").get<std::string>().find(value) != std::string::npos;
  }
  if (key == "label") {
    const size_t end = std::min(value.find('='), value.size());
    const auto label = volume.at("Labels").find(value.substr(0, end));
    return label != volume.at("Labels").end() &&
           (end == value.size() || *label == value.substr(end + 1));
  }
  Refuse("--filter", filter, "dangling=true, dangling=false, name=PART or label=KEY[=VALUE]");
}

int LsMain(std::vector<std::string> args) {
  bool as_json = false;
  std::vector<std::string> filters;
  return RunVerb(
      "volume ls", "Lists volumes (-q: only their names)", std::move(args),
      [&](CLI::App& app) {
        app.add_flag("--json", as_json, "A JSON list in place of the table");
        app.add_option("-f,--filter", filters, "dangling=true, name=PART or label=KEY[=VALUE]")
            ->allow_extra_args(false);
      },
      [&](const Globals& globals) {
        const json none = {{"Name", ""}, {"Labels", json::object()}, {"InUse", false}};
        for (const std::string& filter : filters) {
          static_cast<void>(Matches(none, filter));  // Refuses what is no filter.
        }
        const VolumeStore store = Store(globals);
        json list = json::array();
        for (const Volume& volume : store.List()) {
          json row = ToJson(store, volume);
          if (std::all_of(filters.begin(), filters.end(),
                          [&](const std::string& filter) { return Matches(row, filter); })) {
            list.push_back(std::move(row));
          }
        }
        if (as_json) {
          PrintJson(list);
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
  std::string format_text;
  return RunVerb(
      "volume inspect", "Shows all about volumes, as a JSON list", std::move(args),
      [&](CLI::App& app) {
        app.add_option("NAME", names, "A volume")->required();
        app.add_option("-f,--format", format_text, "Parts of it, such as '{{.Mountpoint}}'");
      },
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
        Listing({.as_json = format_text.empty(), .format = format_text}).Print(list, {});
        return kExitPassed;
      });
}

int RmMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  bool force = false;
  return RunVerb(
      "volume rm", "Removes volumes and what is in them; never one in use", std::move(args),
      [&](CLI::App& app) {
        app.add_option("NAME", names, "A volume")->required();
        app.add_flag("-f,--force", force, "One that isn't there is fine");
      },
      [&](const Globals& globals) {
        const VolumeStore store = Store(globals);
        for (const std::string& name : names) {
          if (!force || store.Find(name)) {
            store.Remove(name);
          }
          std::puts(name.c_str());
        }
        return kExitPassed;
      });
}

int PruneMain(std::vector<std::string> args) {
  bool force = false;
  bool all = false;
  return RunVerb(
      "volume prune", "Removes every volume that no container uses", std::move(args),
      [&](CLI::App& app) {
        app.add_flag("-f,--force", force, "Don't ask: required");
        app.add_flag("-a,--all", all, "Accepted: named ones go too");
      },
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

constexpr std::array kVolumeVerbs = {
    VerbEntry{"create", CreateMain, "Make a volume"},
    VerbEntry{"inspect", InspectMain, "Show all about volumes, as JSON"},
    VerbEntry{"ls", LsMain, "List volumes"},
    VerbEntry{"prune", PruneMain, "Remove every volume that no container uses"},
    VerbEntry{"rm", RmMain, "Remove volumes"},
};

}  // namespace

int VolumeMain(std::vector<std::string> args) {
  return Dispatch("runner volume", kVolumeVerbs, std::move(args));
}

}  // namespace runner
