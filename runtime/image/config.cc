#include "runtime/image/config.h"

#include <nlohmann/json.hpp>

#include <ctime>

#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/image/manifest.h"
#include "runtime/image/strict_json.h"

namespace runtime::image {
namespace {

using nlohmann::json;

std::string FormatTimestamp(int64_t seconds) {
  return base::FormatTime(base::Clock::WallTime(std::chrono::seconds(seconds)));
}

int64_t TimestampMember(const json& object, std::string_view key, std::string_view what) {
  const std::string text = StringMember(object, key, what);
  return text.empty() ? 0 : ParseTimestamp(text, what);
}

// The keys of an object: how docker writes a set.
std::vector<std::string> SetMember(const json& object, std::string_view key,
                                   std::string_view what) {
  std::vector<std::string> keys;
  if (const json* set = Member(object, key, what)) {
    if (!set->is_object()) {
      RefuseDocument(what, "\"" + std::string(key) + "\" must be an object");
    }
    for (const auto& [name, value] : set->items()) {
      keys.push_back(name);
    }
  }
  return keys;
}

json SetToJson(const std::vector<std::string>& keys) {
  json set = json::object();
  for (const std::string& key : keys) {
    set[key] = json::object();
  }
  return set;
}

// Docker writes no number for what isn't set.
int64_t NumberMember(const json& object, std::string_view key, std::string_view what) {
  return Member(object, key, what) == nullptr ? 0
                                              : static_cast<int64_t>(SizeMember(object, key, what));
}

std::optional<HealthCheck> ParseHealthCheck(const json& object, std::string_view what) {
  const json* check = Member(object, "Healthcheck", what);
  if (check == nullptr) {
    return std::nullopt;
  }
  return HealthCheck{.test = StringsMember(*check, "Test", what),
                     .interval = NumberMember(*check, "Interval", what),
                     .timeout = NumberMember(*check, "Timeout", what),
                     .start_period = NumberMember(*check, "StartPeriod", what),
                     .retries = NumberMember(*check, "Retries", what)};
}

void ParseExecution(const json& object, std::string_view what, ImageConfig& config) {
  config.user = StringMember(object, "User", what);
  config.env = StringsMember(object, "Env", what);
  for (std::string& variable : config.env) {
    variable += variable.find('=') == std::string::npos ? "=" : "";
  }
  config.entrypoint = StringsMember(object, "Entrypoint", what);
  config.cmd = StringsMember(object, "Cmd", what);
  config.working_dir = StringMember(object, "WorkingDir", what);
  config.stop_signal = StringMember(object, "StopSignal", what);
  config.exposed_ports = SetMember(object, "ExposedPorts", what);
  config.volumes = SetMember(object, "Volumes", what);
  config.on_build = StringsMember(object, "OnBuild", what);
  config.health_check = ParseHealthCheck(object, what);
  for (const std::string& name : SetMember(object, "Labels", what)) {
    const json& value = object.at("Labels").at(name);
    if (!value.is_string()) {
      RefuseDocument(what, "the label \"" + name + "\" must be a string");
    }
    config.labels.emplace(name, value.get<std::string>());
  }
}

void ParseRootfs(const json& document, std::string_view what, ImageConfig& config) {
  const json* rootfs = Member(document, "rootfs", what);
  if (rootfs == nullptr || StringMember(*rootfs, "type", what) != "layers") {
    RefuseDocument(what, "\"rootfs\" must be of type \"layers\"");
  }
  for (const std::string& text : StringsMember(*rootfs, "diff_ids", what)) {
    const std::optional<base::Digest> digest = base::Digest::Parse(text);
    if (!digest) {
      RefuseDocument(what, "\"" + text + "\" isn't a diffID of the form sha256:HEX");
    }
    config.diff_ids.push_back(*digest);
  }
  if (config.diff_ids.size() > kMaxLayers) {
    RefuseDocument(what, "more than " + std::to_string(kMaxLayers) + " layers");
  }
}

void ParseHistory(const json& document, std::string_view what, ImageConfig& config) {
  const json* history = Member(document, "history", what);
  if (history == nullptr) {
    return;
  }
  if (!history->is_array()) {
    RefuseDocument(what, "\"history\" must be a list");
  }
  for (const json& item : *history) {
    const json* empty = Member(item, "empty_layer", what);
    if (empty != nullptr && !empty->is_boolean()) {
      RefuseDocument(what, "\"empty_layer\" must be true or false");
    }
    config.history.push_back(
        {TimestampMember(item, "created", what), StringMember(item, "created_by", what),
         StringMember(item, "comment", what), empty != nullptr && empty->get<bool>(),
         StringMember(item, "author", what)});
  }
}

void AddText(json& object, const char* key, const std::string& text) {
  if (!text.empty()) {
    object[key] = text;
  }
}

void AddList(json& object, const char* key, const std::vector<std::string>& list) {
  if (!list.empty()) {
    object[key] = list;
  }
}

void AddNumber(json& object, const char* key, int64_t number) {
  if (number != 0) {
    object[key] = number;
  }
}

json HealthCheckToJson(const HealthCheck& check) {
  json object = json::object();
  AddList(object, "Test", check.test);
  AddNumber(object, "Interval", check.interval);
  AddNumber(object, "Timeout", check.timeout);
  AddNumber(object, "StartPeriod", check.start_period);
  AddNumber(object, "Retries", check.retries);
  return object;
}

json ExecutionToJson(const ImageConfig& config) {
  json object = json::object();
  AddText(object, "User", config.user);
  AddList(object, "Env", config.env);
  AddList(object, "Entrypoint", config.entrypoint);
  AddList(object, "Cmd", config.cmd);
  AddText(object, "WorkingDir", config.working_dir);
  AddText(object, "StopSignal", config.stop_signal);
  if (!config.labels.empty()) {
    object["Labels"] = config.labels;
  }
  if (!config.exposed_ports.empty()) {
    object["ExposedPorts"] = SetToJson(config.exposed_ports);
  }
  if (!config.volumes.empty()) {
    object["Volumes"] = SetToJson(config.volumes);
  }
  AddList(object, "OnBuild", config.on_build);
  if (config.health_check) {
    object["Healthcheck"] = HealthCheckToJson(*config.health_check);
  }
  return object;
}

}  // namespace

int64_t ParseTimestamp(const std::string& text, std::string_view what) {
  struct tm parts = {};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest != nullptr && *rest == '.') {
    ++rest;
    while (*rest >= '0' && *rest <= '9') {
      ++rest;
    }
  }
  struct tm zone = {};
  int64_t offset = 0;
  const char* end = rest;
  if (rest != nullptr && (*rest == '+' || *rest == '-')) {
    end = ::strptime(rest + 1, "%H:%M", &zone);
    offset = (zone.tm_hour * 60 + zone.tm_min) * (*rest == '+' ? 60 : -60);
  } else if (rest != nullptr && (*rest == 'Z' || *rest == 'z')) {
    end = rest + 1;
  }
  if (end == nullptr || end == rest || *end != '\0') {
    RefuseDocument(what, "\"" + text + "\" isn't a time of the form 2026-01-31T12:00:00Z");
  }
  return std::max<int64_t>(0, ::timegm(&parts) - offset);
}

ImageConfig ParseConfig(std::string_view text, std::string_view what) {
  JsonLimits limits;
  limits.max_bytes = kMaxDocumentBytes;
  const json document = ParseStrictJson(text, what, limits);
  ImageConfig config;
  config.architecture = StringMember(document, "architecture", what);
  config.os = StringMember(document, "os", what);
  if (config.architecture.empty() || config.os.empty()) {
    RefuseDocument(what, "\"architecture\" and \"os\" must be given");
  }
  config.created = TimestampMember(document, "created", what);
  config.author = StringMember(document, "author", what);
  if (const json* execution = Member(document, "config", what)) {
    ParseExecution(*execution, what, config);
  }
  ParseRootfs(document, what, config);
  ParseHistory(document, what, config);
  return config;
}

std::string FormatConfig(const ImageConfig& config) {
  json diff_ids = json::array();
  for (const base::Digest& diff_id : config.diff_ids) {
    diff_ids.push_back(diff_id.ToString());
  }
  json document = {{"architecture", config.architecture},
                   {"os", config.os},
                   {"created", FormatTimestamp(config.created)},
                   {"config", ExecutionToJson(config)},
                   {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}}}};
  AddText(document, "author", config.author);
  for (const ImageConfig::History& entry : config.history) {
    json item = {{"created", FormatTimestamp(entry.created)}};
    AddText(item, "created_by", entry.created_by);
    AddText(item, "comment", entry.comment);
    AddText(item, "author", entry.author);
    if (entry.empty_layer) {
      item["empty_layer"] = true;
    }
    document["history"].push_back(std::move(item));
  }
  // Text from outside that isn't UTF-8 (a label on the command line) is replaced, not thrown at.
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<layer::LayerId> ChainIds(const std::vector<base::Digest>& diff_ids) {
  std::vector<layer::LayerId> chain;
  for (const base::Digest& diff_id : diff_ids) {
    chain.push_back(
        chain.empty()
            ? diff_id.hex()
            : base::Digest::Of("sha256:" + chain.back() + " " + diff_id.ToString()).hex());
  }
  return chain;
}

}  // namespace runtime::image
