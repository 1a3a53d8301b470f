// The addresses of a job's network, drawn once. They are the same in every job: each has network
// namespaces of its own, so two jobs never meet, and a run finds the same addresses everywhere.
//
//   10.231.0.0/20   fd5a:3c1e:77b0:0::/64   the bridge: 1 is the resolver, 2 and on are containers
//   10.231.16.0/20  fd5a:3c1e:77b0:1::/64   uplinks: the same numbers for the same containers
//   10.231.32.0/24  fd00::/64               the way out: 2 is its other end (slirp4netns(1))
//
// The first two of IPv6 are unique local ones with a random global id (RFC 4193); the third is
// slirp4netns's own choice.
#pragma once

#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

// Members of a job are numbered from here on.
inline constexpr unsigned kFirstMember = 2;
inline constexpr unsigned kLastMember = 4094;

// IPv4 first, IPv6 second; with the prefix of the network.
std::vector<IpNetwork> BridgeAddresses(unsigned number);
std::vector<IpNetwork> UplinkAddresses(unsigned number);

// The job's own end of the way out, as slirp4netns expects it, and the router there.
IpNetwork WayOutAddress6();
IpAddress WayOutRouter6();
// The range of IPv4 that slirp4netns takes its addresses from.
inline constexpr char kWayOutRange[] = "10.231.32.0/24";

// Which member has this address on its uplink; 0 for any other address.
unsigned UplinkMember(const IpAddress& address);

}  // namespace runtime::network
