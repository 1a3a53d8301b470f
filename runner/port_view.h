// The published ports of a kept container as people and programs see them, with docker's names.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "runtime/lifecycle/store.h"

namespace runner {

// Those that lead to it now: none of one that doesn't run.
std::vector<runtime::network::PublishedPort> LivePorts(const runtime::lifecycle::Kept& kept);

// "0.0.0.0:8080" and "[::]:8080": where the host listens for this port.
std::vector<std::string> HostSides(const runtime::network::PublishedPort& port);

// "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp": a cell of `container ls`.
std::string PortsText(const runtime::lifecycle::Kept& kept);

// {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, ...]}: as they are bound...
nlohmann::json BoundPorts(const runtime::lifecycle::Kept& kept);
// ... and as they were asked for.
nlohmann::json AskedPorts(const runtime::lifecycle::Kept& kept);

}  // namespace runner
