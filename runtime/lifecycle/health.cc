#include "runtime/lifecycle/health.h"

#include <nlohmann/json.hpp>

#include <utility>

#include "runtime/lifecycle/spec_json.h"

namespace runtime::lifecycle {
using nlohmann::json;
using std::chrono::milliseconds;

namespace {

constexpr Health::Status kStatuses[] = {Health::Status::kNone, Health::Status::kStarting,
                                        Health::Status::kHealthy, Health::Status::kUnhealthy};

milliseconds Time(const json& from) { return milliseconds(from.get<int64_t>()); }

}  // namespace

const char* Name(Health::Status status) {
  switch (status) {
    case Health::Status::kNone:
      return "none";
    case Health::Status::kStarting:
      return "starting";
    case Health::Status::kHealthy:
      return "healthy";
    case Health::Status::kUnhealthy:
      break;
  }
  return "unhealthy";
}

void Add(const HealthCheck& check, int64_t started, Probe probe, Health& health) {
  const bool starts = health.status == Health::Status::kStarting &&
                      probe.start < started + check.start_period.count();
  if (probe.exit_code == 0) {
    health.status = Health::Status::kHealthy;
    health.failing_streak = 0;
  } else if (!starts && ++health.failing_streak >= check.retries) {
    health.status = Health::Status::kUnhealthy;
  }
  health.log.push_back(std::move(probe));
  if (health.log.size() > Health::kMostProbes) {
    health.log.erase(health.log.begin());
  }
}

json HealthCheckToJson(const HealthCheck& check) {
  return {{"argv", TextsToJson(check.argv)},
          {"interval-ms", check.interval.count()},
          {"timeout-ms", check.timeout.count()},
          {"start-period-ms", check.start_period.count()},
          {"retries", check.retries}};
}

HealthCheck HealthCheckFromJson(const json& from) {
  return {.argv = TextsFromJson(from.at("argv")),
          .interval = Time(from.at("interval-ms")),
          .timeout = Time(from.at("timeout-ms")),
          .start_period = Time(from.at("start-period-ms")),
          .retries = from.at("retries")};
}

json HealthToJson(const Health& health) {
  json log = json::array();
  for (const Probe& probe : health.log) {
    log.push_back({{"start-ms", probe.start},
                   {"end-ms", probe.end},
                   {"exit-code", probe.exit_code},
                   {"output", TextToJson(probe.output)}});
  }
  return {{"status", Name(health.status)},
          {"failing-streak", health.failing_streak},
          {"log", std::move(log)}};
}

Health HealthFromJson(const json& from) {
  Health health;
  for (const Health::Status status : kStatuses) {
    if (from.at("status") == Name(status)) {
      health.status = status;
    }
  }
  health.failing_streak = from.at("failing-streak");
  for (const json& probe : from.at("log")) {
    health.log.push_back({.start = probe.at("start-ms"),
                          .end = probe.at("end-ms"),
                          .exit_code = probe.at("exit-code"),
                          .output = TextFromJson(probe.at("output"))});
  }
  return health;
}

}  // namespace runtime::lifecycle
