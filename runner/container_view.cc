#include "runner/container_view.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "runner/port_view.h"
#include "runtime/base/clock.h"
#include "runtime/base/units.h"
#include "runtime/lifecycle/log_format.h"
#include "runtime/lifecycle/record_json.h"

namespace runner {
namespace container = runtime::container;
namespace lifecycle = runtime::lifecycle;
using lifecycle::Kept;
using lifecycle::State;
using lifecycle::Status;
using nlohmann::json;
using std::chrono::milliseconds;

namespace {

std::string TimeText(lifecycle::WallTime time) {
  using runtime::base::Clock;
  return time == 0 ? "" : runtime::base::FormatTime(Clock::WallTime(milliseconds(time)));
}

std::string Since(lifecycle::WallTime time) {
  const milliseconds passed(std::max<int64_t>(0, lifecycle::Now() - time));
  return runtime::base::FormatDuration(passed < std::chrono::seconds(1) ? milliseconds(1000)
                                                                        : passed);
}

std::string CommandText(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

json Volumes(const Kept& kept) {
  json list = json::array();
  for (const container::BindMount& bind : kept.config.spec.binds) {
    json mount = {{"Type", "bind"},
                  {"Source", bind.source.string()},
                  {"Destination", bind.target.string()},
                  {"RW", !bind.read_only}};
    for (const std::string& volume : kept.config.volumes) {
      if (bind.source.parent_path().filename() == volume && bind.source.filename() == "data") {
        mount["Type"] = "volume";
        mount["Name"] = volume;
      }
    }
    list.push_back(std::move(mount));
  }
  for (const container::TmpfsMount& tmpfs : kept.config.spec.tmpfs) {
    list.push_back(
        {{"Type", "tmpfs"}, {"Source", ""}, {"Destination", tmpfs.target.string()}, {"RW", true}});
  }
  return list;
}

// As docker shows it beside the time.
std::string HealthText(const lifecycle::Health& health) {
  switch (health.status) {
    case lifecycle::Health::Status::kNone:
      return "";
    case lifecycle::Health::Status::kStarting:
      return " (health: starting)";
    default:
      return std::string(" (") + lifecycle::Name(health.status) + ")";
  }
}

json HealthOf(const lifecycle::Health& health) {
  json log = json::array();
  for (const lifecycle::Probe& probe : health.log) {
    log.push_back({{"Start", TimeText(probe.start)},
                   {"End", TimeText(probe.end)},
                   {"ExitCode", probe.exit_code},
                   {"Output", probe.output}});
  }
  return {{"Status", lifecycle::Name(health.status)},
          {"FailingStreak", health.failing_streak},
          {"Log", std::move(log)}};
}

json HealthCheckOf(const lifecycle::HealthCheck& check) {
  std::vector<std::string> test = check.argv;
  test.insert(test.begin(), "CMD");
  const auto nanos = [](milliseconds time) { return std::chrono::nanoseconds(time).count(); };
  return {{"Test", std::move(test)},
          {"Interval", nanos(check.interval)},
          {"Timeout", nanos(check.timeout)},
          {"StartPeriod", nanos(check.start_period)},
          {"Retries", check.retries}};
}

json StateOf(const State& state) {
  json object = {{"Status", lifecycle::Name(state.status)},
                 {"Running", lifecycle::IsAlive(state.status)},
                 {"Paused", state.status == Status::kPaused},
                 {"Restarting", state.status == Status::kRestarting},
                 {"OOMKilled", state.out_of_memory},
                 {"Pid", state.pid},
                 {"ExitCode", state.exit_code},
                 {"Error", state.reason},
                 {"StartedAt", TimeText(state.started)},
                 {"FinishedAt", TimeText(state.finished)}};
  if (state.health.status != lifecycle::Health::Status::kNone) {
    object["Health"] = HealthOf(state.health);
  }
  return object;
}

json ConfigOf(const lifecycle::Config& config) {
  const container::ContainerSpec& spec = config.spec;
  json object = {
      {"Hostname", spec.hostname},
      {"User", std::to_string(spec.user.uid) + ":" + std::to_string(spec.user.gid)},
      {"Tty", spec.terminal},
      {"OpenStdin", config.open_input},
      {"StdinOnce", config.input_ends},
      {"Env", spec.env},
      {"Cmd", spec.argv},
      {"Image", config.image},
      {"WorkingDir", spec.cwd.string()},
      {"Labels", config.labels},
      {"StopSignal", spec.stop_signal},
      {"StopTimeout", std::chrono::duration_cast<std::chrono::seconds>(spec.grace).count()}};
  if (config.health_check) {
    object["Healthcheck"] = HealthCheckOf(*config.health_check);
  }
  return object;
}

const char* NetworkMode(const lifecycle::Config& config) {
  if (config.network) {
    return config.network->way_out ? "full" : "job";
  }
  return config.spec.network == container::Network::kHost ? "host" : "none";
}

json HostConfigOf(const Kept& kept) {
  const lifecycle::Config& config = kept.config;
  const container::ContainerSpec& spec = config.spec;
  const lifecycle::RestartPolicy& restart = config.restart;
  const std::string policy = lifecycle::FormatRestart(restart);
  return {{"RestartPolicy",
           {{"Name", policy.substr(0, policy.find(':'))}, {"MaximumRetryCount", restart.most}}},
          {"AutoRemove", config.remove_at_end},
          {"NetworkMode", NetworkMode(config)},
          {"PortBindings", AskedPorts(kept)},
          {"ReadonlyRootfs", spec.read_only},
          {"CapAdd", spec.capabilities},
          {"Memory", spec.limits.memory_bytes},
          {"NanoCpus", std::llround(spec.limits.cpus * 1e9)},
          {"PidsLimit", spec.limits.pids},
          {"LogConfig",
           {{"Type", "runner"},
            {"Config",
             {{"max-size", std::to_string(config.log.file_bytes)},
              {"max-file", std::to_string(config.log.files)}}}}}};
}

}  // namespace

std::string StatusText(const State& state) {
  switch (state.status) {
    case Status::kCreated:
      return "Created";
    case Status::kRunning:
      return "Up " + Since(state.started) + HealthText(state.health);
    case Status::kPaused:
      return "Up " + Since(state.started) + " (Paused)";
    case Status::kRestarting:
      return "Restarting (" + std::to_string(state.exit_code) + ") " + Since(state.finished) +
             " ago";
    case Status::kExited:
      break;
  }
  return "Exited (" + std::to_string(state.exit_code) + ") " + Since(state.finished) + " ago";
}

json ListingOf(const Kept& kept) {
  std::string labels;
  for (const auto& [key, value] : kept.config.labels) {
    labels.append(labels.empty() ? "" : ",").append(key).append("=").append(value);
  }
  return {{"ID", kept.config.id},
          {"Names", kept.name},
          {"Image", kept.config.image},
          {"Command", CommandText(kept.config.spec.argv)},
          {"CreatedAt", TimeText(kept.config.created)},
          {"RunningFor", Since(kept.config.created) + " ago"},
          {"State", lifecycle::Name(kept.state.status)},
          {"Status", StatusText(kept.state)},
          {"Ports", PortsText(kept)},
          {"Labels", labels}};
}

json InspectionOf(const lifecycle::Store& store, const Kept& kept) {
  const lifecycle::Config& config = kept.config;
  const std::vector<std::string>& argv = config.spec.argv;
  return {{"Id", config.id},
          {"Name", kept.name},
          {"Created", TimeText(config.created)},
          {"Path", argv.front()},
          {"Args", std::vector<std::string>(argv.begin() + 1, argv.end())},
          {"State", StateOf(kept.state)},
          {"Image", config.image_digest},
          {"RestartCount", kept.state.restarts},
          {"LogPath", lifecycle::LogPath(store.Directory(config.id), 0).string()},
          {"Config", ConfigOf(config)},
          {"HostConfig", HostConfigOf(kept)},
          {"NetworkSettings", {{"Ports", BoundPorts(kept)}}},
          {"Mounts", Volumes(kept)}};
}

}  // namespace runner
