// The addresses of a job's network, drawn once. They are the same in every job: each has network
// namespaces of its own, so two jobs never meet, and a run finds the same addresses everywhere.
//
//   10.231.0.0/20    the bridge: .0.1 is the resolver, .0.2 and on are containers
//   fd5a:3c1e:77b0:0::/64    the same, numbered alike
//
// The IPv6 range is a unique local one with a random global id (RFC 4193).
#pragma once

#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

// Members of a job are numbered from here on.
inline constexpr unsigned kFirstMember = 2;
inline constexpr unsigned kLastMember = 4094;

// Number 1 is the job's own end. IPv4 first, IPv6 second; with the prefix of the network.
std::vector<IpNetwork> BridgeAddresses(unsigned number);

}  // namespace runtime::network
