// Whether a service may be used: `ready` of the pipeline file.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/service_spec.h"
#include "runtime/container/exit_status.h"
#include "runtime/network/ip_address.h"

namespace runner {

// The service as whoever asks sees it.
struct ReadyTarget {
  int network = -1;                     // its network namespace
  runtime::network::IpAddress address;  // that the others reach it by
  std::vector<std::string> exposed;     // ports of its image: "5432/tcp"
  // Runs a program in it, to its end.
  std::function<runtime::container::ExitStatus(const std::vector<std::string>& argv)> run;
};

// One look. Nothing once it is ready; else why it isn't: "port 5432/tcp doesn't listen". Needs
// nothing of its image but for a command. Throws Error: kCancelled after a stop.
std::optional<std::string> WhyNotReady(const pipeline::ReadySpec& spec, const ReadyTarget& target,
                                       const std::stop_token& stop);

}  // namespace runner
