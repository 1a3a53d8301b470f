// The rules of a job's way out, in the language of nft(8): a value, before anything applies it.
// They live in the job's network namespace, over which no container has any power.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

// The devices of a job's namespace, by the names that the rules know them by.
inline constexpr char kBridgeName[] = "job";
inline constexpr char kOutName[] = "out";     // the way out (way_out.h)
inline constexpr char kUplinkPrefix[] = "u";  // one for each container that may go out

// What a container may reach of the world.
struct EgressTarget {
  std::string name;  // as the container asks the resolver for it; empty for an address
  std::vector<IpNetwork> networks;
  uint16_t port = 0;  // TCP and UDP
};

// Lets containers with an uplink out, as one address, but for closed networks and `own`, the host's
// addresses; what is `allowed` is open in spite of that.
std::string WayOutRules(const std::vector<IpNetwork>& allowed, const std::vector<IpAddress>& own);

// From now on the container behind this uplink reaches these targets alone, as far as they are
// open.
std::string EgressRules(const std::string& uplink, const std::vector<EgressTarget>& targets);

}  // namespace runtime::network
