// runner container top and stats: what is in a container, and what it uses.
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "runner/cli.h"
#include "runner/container_control.h"
#include "runner/container_processes.h"
#include "runner/listing.h"
#include "runner/table.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/container/id_map.h"
#include "runtime/container/live_cgroup.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace lifecycle = runtime::lifecycle;
using lifecycle::Kept;
using lifecycle::Store;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// "0:00:05"
std::string TimeText(milliseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  std::array<char, 32> text;
  const int length =
      std::snprintf(text.data(), text.size(), "%d:%02d:%02d", static_cast<int>(seconds / 3600),
                    static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return {text.data(), static_cast<size_t>(length)};
}

void PrintProcesses(const std::vector<ContainerProcess>& processes) {
  std::vector<std::vector<std::string>> rows = {{"PID", "PPID", "UID", "TIME", "RSS", "CMD"}};
  for (const ContainerProcess& process : processes) {
    rows.push_back({std::to_string(process.pid), std::to_string(process.parent),
                    std::to_string(process.uid), TimeText(process.time),
                    base::FormatSize(process.memory_bytes), base::ForMessage(process.command)});
  }
  PrintTable(std::move(rows));
}

// What a container had used at one moment.
struct Sample {
  steady_clock::time_point when = steady_clock::now();
  uint64_t cpu_microseconds = 0;
  container::LiveUsage usage;
};

Sample Take(const container::CgroupHierarchy& cgroups, const Kept& kept) {
  Sample sample;
  sample.usage = container::LiveCgroup(cgroups, kept.config.id).Usage();
  const std::vector<ContainerProcess> processes = ProcessesOf(kept.state.pid);
  // Where the host doesn't count, what can be seen of the processes.
  sample.cpu_microseconds = sample.usage.cpu_microseconds.value_or(std::accumulate(
      processes.begin(), processes.end(), uint64_t{0}, [](uint64_t sum, const auto& process) {
        return sum + static_cast<uint64_t>(process.family_time.count()) * 1000;
      }));
  if (!sample.usage.memory_bytes) {
    sample.usage.memory_bytes = std::accumulate(
        processes.begin(), processes.end(), uint64_t{0},
        [](uint64_t sum, const auto& process) { return sum + process.memory_bytes; });
  }
  if (!sample.usage.processes) {
    sample.usage.processes = processes.size();
  }
  return sample;
}

std::string Percent(double value) {
  std::array<char, 32> text;
  const int length = std::snprintf(text.data(), text.size(), "%.2f%%", value);
  return {text.data(), static_cast<size_t>(length)};
}

json StatsOf(const Kept& kept, const Sample& before, const Sample& now) {
  const auto passed =
      std::chrono::duration_cast<std::chrono::microseconds>(now.when - before.when).count();
  // Processes that end take what isn't counted elsewhere along.
  const uint64_t used =
      now.cpu_microseconds - std::min(now.cpu_microseconds, before.cpu_microseconds);
  const uint64_t memory = now.usage.memory_bytes.value_or(0);
  const uint64_t limit = now.usage.memory_limit_bytes.value_or(0);
  return {
      {"ID", kept.config.id},
      {"Name", kept.name},
      {"CPUPerc",
       Percent(passed > 0 ? 100.0 * static_cast<double>(used) / static_cast<double>(passed) : 0)},
      {"MemUsage",
       base::FormatSize(memory) + " / " + (limit > 0 ? base::FormatSize(limit) : std::string("-"))},
      {"MemPerc",
       limit > 0 ? Percent(100.0 * static_cast<double>(memory) / static_cast<double>(limit)) : "-"},
      {"PIDs", now.usage.processes.value_or(0)}};
}

struct StatsOptions {
  std::vector<std::string> names;
  bool all = false;
  bool once = false;
  ListingForm form;
};

class Stats {
 public:
  Stats(const StatsOptions& options, const Store& store)
      : options_(options),
        store_(store),
        cgroups_(container::CgroupHierarchy::Detect()),
        listing_(options.form) {}

  int Run() {
    Look();  // The first sample: nothing to compare with yet.
    do {
      ::poll(nullptr, 0, kIntervalMs);
      const json rows = Look();
      if (!options_.once && options_.names.empty() == false && rows.empty()) {
        return kExitPassed;  // All of them have ended.
      }
      Show(rows);
    } while (!options_.once);
    return kExitPassed;
  }

 private:
  static constexpr int kIntervalMs = 1000;

  json Look() {
    json rows = json::array();
    std::vector<std::string> ids;
    if (options_.names.empty()) {
      ids = store_.List();
    }
    for (const std::string& name : options_.names) {
      ids.push_back(store_.Find(name));
    }
    for (const std::string& id : ids) {
      const std::optional<Kept> kept = store_.Load(id);
      if (!kept || !lifecycle::IsAlive(kept->state.status)) {
        continue;
      }
      const Sample now = Take(cgroups_, *kept);
      const auto before = before_.find(id);
      rows.push_back(StatsOf(*kept, before != before_.end() ? before->second : now, now));
      before_[id] = now;
    }
    return rows;
  }

  void Show(const json& rows) const {
    listing_.Print(rows, [&] {
      if (!options_.once && ::isatty(STDOUT_FILENO) == 1) {
        std::fputs("\x1b[H\x1b[J", stdout);  // From the top of an empty screen.
      }
      PrintRows(rows);
    });
    std::fflush(stdout);
  }

  static void PrintRows(const json& rows) {
    std::vector<std::vector<std::string>> table = {
        {"CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "PIDS"}};
    for (const json& row : rows) {
      table.push_back({row.at("ID"), row.at("Name"), row.at("CPUPerc"), row.at("MemUsage"),
                       row.at("MemPerc"), row.at("PIDs").dump()});
    }
    PrintTable(std::move(table));
  }

  const StatsOptions& options_;
  const Store& store_;
  container::CgroupHierarchy cgroups_;
  Listing listing_;
  std::map<std::string, Sample> before_;
};

}  // namespace

int ContainerTopMain(std::vector<std::string> args) {
  std::string name;
  return RunVerb(
      "container top", "Shows the processes of a container, with the host's numbers",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", name, "Name, id or first digits")->required();
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        const std::string id = store.Find(name);
        // As long as it is connected, the number of PID 1 is nobody else's.
        const base::UniqueFd monitor = ConnectToRunning(store, id);
        PrintProcesses(ProcessesOf(store.Get(id).state.pid));
        return kExitPassed;
      });
}

int ContainerStatsMain(std::vector<std::string> args) {
  StatsOptions options;
  return RunVerb(
      "container stats", "Shows what running containers use, once a second", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", options.names, "Name, id or first digits (default: all)");
        app.add_flag("--no-stream", options.once, "Once, and end");
        app.add_flag("--json", options.form.as_json, "A JSON list in place of the table");
        app.add_option("--format", options.form.format, "A line for each, such as '{{.MemUsage}}'");
      },
      [&](const Globals& globals) {
        const Store store(OpenState(globals.root));
        return Stats(options, store).Run();
      });
}

}  // namespace runner
