// The networks of jobs that live now, seen by the processes that serve them: nothing is written
// down, so nothing is ever out of date.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace runtime::network {

struct LiveNetwork {
  std::string owner;  // as in JobNetworkOptions
  bool way_out = false;
  bool operator==(const LiveNetwork&) const = default;
};

// Those that this user's runners serve on this host, in the order of their owners. Throws Error.
std::vector<LiveNetwork> LiveNetworks(const std::filesystem::path& proc = "/proc");

}  // namespace runtime::network
