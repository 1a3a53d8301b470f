// Whether a container is well, as its own check says: what is checked, what came of it, and the
// rules by which the one becomes the other, which are docker's. Plain values.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace runtime::lifecycle {

struct HealthCheck {
  std::vector<std::string> argv = {};          // run in the container as `exec` does
  std::chrono::milliseconds interval{30'000};  // from the start, and between two checks
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds start_period{0};  // failures in it don't count
  unsigned retries = 3;                       // so many in a row are ill health
};

// One check.
struct Probe {
  int64_t start = 0;  // milliseconds since 1970
  int64_t end = 0;
  int exit_code = 0;        // -1: there is none
  std::string output = {};  // its first kLongestOutput bytes
};

struct Health {
  static constexpr size_t kMostProbes = 5;
  static constexpr size_t kLongestOutput = 4096;
  enum class Status { kNone, kStarting, kHealthy, kUnhealthy };
  Status status = Status::kNone;
  unsigned failing_streak = 0;
  std::vector<Probe> log = {};  // the last ones, oldest first
};

// "none", "starting", "healthy", "unhealthy"
const char* Name(Health::Status status);

// Takes note of a check. `started` is when the container was.
void Add(const HealthCheck& check, int64_t started, Probe probe, Health& health);

nlohmann::json HealthCheckToJson(const HealthCheck& check);
HealthCheck HealthCheckFromJson(const nlohmann::json& from);
nlohmann::json HealthToJson(const Health& health);
Health HealthFromJson(const nlohmann::json& from);

}  // namespace runtime::lifecycle
