#include "runtime/lifecycle/record_json.h"

#include <nlohmann/json.hpp>

#include <charconv>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/lifecycle/kept_network.h"
#include "runtime/lifecycle/spec_json.h"

namespace runtime::lifecycle {
using base::Error;
using base::ErrorKind;
using nlohmann::json;

namespace {

constexpr int kVersion = 1;

constexpr Status kStatuses[] = {Status::kCreated, Status::kRunning, Status::kPaused,
                                Status::kRestarting, Status::kExited};

// What `read` makes of the object; whatever it stumbles over is damage.
template <typename F>
auto Parse(std::string_view text, F&& read) -> decltype(read(json())) {
  try {
    const json object = json::parse(text);
    if (object.at("version").get<int>() > kVersion) {
      throw Error(ErrorKind::kUnsupported, "a newer version wrote it; use that, or a newer one");
    }
    return read(object);
  } catch (const json::exception&) {
    throw Error(ErrorKind::kInvalid, "it is damaged; the container can only be removed");
  }
}

}  // namespace

std::string FormatConfig(const Config& config) {
  const auto& [id, image, image_digest, created, layers, spec, volumes, open_input, input_ends,
               remove_at_end, log, restart, labels, health_check, network] = config;
  json object = {{"version", kVersion},
                 {"id", id},
                 {"image", image},
                 {"image-digest", image_digest},
                 {"created-ms", created},
                 {"layers", layers},
                 {"spec", SpecToJson(spec)},
                 {"volumes", volumes},
                 {"open-input", open_input},
                 {"input-ends", input_ends},
                 {"remove-at-end", remove_at_end},
                 {"log", {{"file-bytes", log.file_bytes}, {"files", log.files}}},
                 {"restart", FormatRestart(restart)},
                 {"labels", json::array()},
                 {"network", NetworkToJson(network)}};
  for (const auto& [key, value] : labels) {
    object["labels"].push_back(TextsToJson({key, value}));
  }
  if (health_check) {
    object["health-check"] = HealthCheckToJson(*health_check);
  }
  return object.dump();
}

Config ParseConfig(std::string_view text) {
  return Parse(text, [](const json& object) {
    Config config;
    config.id = object.at("id");
    config.image = object.at("image");
    config.image_digest = object.at("image-digest");
    config.created = object.at("created-ms");
    config.layers = object.at("layers").get<std::vector<layer::LayerId>>();
    config.spec = SpecFromJson(object.at("spec"));
    config.volumes = object.at("volumes").get<std::vector<std::string>>();
    config.open_input = object.at("open-input");
    config.input_ends = object.at("input-ends");
    config.remove_at_end = object.at("remove-at-end");
    config.log = {object.at("log").at("file-bytes"), object.at("log").at("files")};
    config.restart = ParseRestart(object.at("restart").get<std::string>());
    for (const json& label : object.at("labels")) {
      config.labels[TextFromJson(label.at(0))] = TextFromJson(label.at(1));
    }
    if (const auto check = object.find("health-check"); check != object.end()) {
      config.health_check = HealthCheckFromJson(*check);
    }
    config.network = NetworkFromJson(object.value("network", json()));  // Older ones have none.
    return config;
  });
}

std::string FormatState(const State& state) {
  const auto& [status, pid, started, finished, exit_code, reason, out_of_memory, restarts, health,
               ports] = state;
  json object = {
      {"version", kVersion},          {"status", Name(status)},         {"pid", pid},
      {"started-ms", started},        {"finished-ms", finished},        {"exit-code", exit_code},
      {"reason", TextToJson(reason)}, {"out-of-memory", out_of_memory}, {"restarts", restarts},
      {"ports", PortsToJson(ports)}};
  if (health.status != Health::Status::kNone) {
    object["health"] = HealthToJson(health);
  }
  return object.dump();
}

State ParseState(std::string_view text) {
  return Parse(text, [](const json& object) {
    State state;
    state.status = Status::kExited;
    for (const Status status : kStatuses) {
      if (object.at("status") == Name(status)) {
        state.status = status;
      }
    }
    state.pid = object.at("pid");
    state.started = object.at("started-ms");
    state.finished = object.at("finished-ms");
    state.exit_code = object.at("exit-code");
    state.reason = TextFromJson(object.at("reason"));
    state.out_of_memory = object.at("out-of-memory");
    state.restarts = object.at("restarts");
    if (const auto health = object.find("health"); health != object.end()) {
      state.health = HealthFromJson(*health);
    }
    state.ports = PortsFromJson(object.value("ports", json::array()));
    return state;
  });
}

std::string FormatRestart(const RestartPolicy& policy) {
  switch (policy.when) {
    case RestartPolicy::When::kNo:
      return "no";
    case RestartPolicy::When::kOnFailure:
      return policy.most == 0 ? "on-failure" : "on-failure:" + std::to_string(policy.most);
    case RestartPolicy::When::kAlways:
      return "always";
    case RestartPolicy::When::kUnlessStopped:
      break;
  }
  return "unless-stopped";
}

RestartPolicy ParseRestart(std::string_view text) {
  using When = RestartPolicy::When;
  if (text == "no" || text.empty()) {
    return {};
  }
  if (text == "always" || text == "unless-stopped") {
    return {text == "always" ? When::kAlways : When::kUnlessStopped, 0};
  }
  constexpr std::string_view kOnFailure = "on-failure";
  RestartPolicy policy{When::kOnFailure, 0};
  if (text == kOnFailure) {
    return policy;
  }
  if (text.starts_with(kOnFailure) && text[kOnFailure.size()] == ':') {
    const std::string_view number = text.substr(kOnFailure.size() + 1);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), policy.most);
    if (error == std::errc() && end == number.data() + number.size()) {
      return policy;
    }
  }
  throw Error(ErrorKind::kUsage,
              "restart policy " + base::ForMessage(text.substr(0, 100)) +
                  ": expected no, on-failure, on-failure:TIMES, always or unless-stopped");
}

}  // namespace runtime::lifecycle
