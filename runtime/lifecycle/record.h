// What is written down of a kept container: what it is (fixed at its making, but for the name) and
// how it is. Plain values.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/layer/layer_store.h"
#include "runtime/lifecycle/health.h"
#include "runtime/network/network_request.h"

namespace runtime::lifecycle {

// Milliseconds since 1970; 0: never.
using WallTime = int64_t;

struct LogLimits {
  uint64_t file_bytes = 10u << 20;
  unsigned files = 2;  // the current one and older ones
};

struct RestartPolicy {
  enum class When { kNo, kOnFailure, kAlways, kUnlessStopped };
  When when = When::kNo;
  unsigned most = 0;  // of kOnFailure; 0: no bound
};

struct Config {
  std::string id;
  std::string image;         // as it was asked for
  std::string image_digest;  // of its manifest
  WallTime created = 0;
  std::vector<layer::LayerId> layers;  // of the root file system, lowest first
  // Without `rootfs`: that is `layers` and the container's own writable part.
  container::ContainerSpec spec;
  std::vector<std::string> volumes;  // names, to be held while it runs
  bool open_input = false;           // the program's standard input is for who attaches
  bool input_ends = false;           // ... and ends with the first one
  bool remove_at_end = false;
  LogLimits log;
  RestartPolicy restart;
  std::map<std::string, std::string> labels;
  std::optional<HealthCheck> health_check;
  std::optional<network::NetworkRequest> network;  // its own, made by its monitor
};

enum class Status { kCreated, kRunning, kPaused, kRestarting, kExited };

struct State {
  Status status = Status::kCreated;
  pid_t pid = 0;  // of the container's PID 1 on the host, while it runs
  WallTime started = 0;
  WallTime finished = 0;
  int exit_code = 0;
  std::string reason = {};  // how it ended or why it didn't start, where the code doesn't tell
  bool out_of_memory = false;
  unsigned restarts = 0;
  Health health = {};                              // of the last start
  std::vector<network::PublishedPort> ports = {};  // as they are bound while it runs, or were
};

bool IsAlive(Status status);  // it has, or is about to have, processes
// "created", "running", ...
const char* Name(Status status);

WallTime Now();

}  // namespace runtime::lifecycle
