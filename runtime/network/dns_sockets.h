// The sockets of a network's resolver, made here and given to the helper, which has the power to
// make neither.
#pragma once

#include <vector>

#include "runtime/base/fd.h"
#include "runtime/network/ip_address.h"

namespace runtime::network {

struct DnsSockets {
  base::UniqueFd udp;
  base::UniqueFd tcp;  // listening
};

// Port 53 of an address in that network namespace. Throws Error.
DnsSockets BindDnsSockets(int network, const IpAddress& address);

// In the host's network: for each nameserver kUpstreamDatagrams and kUpstreamConnections. Those
// that this host has no IP version for are taken from the list. Throws Error.
std::vector<base::UniqueFd> MakeUpstreamSockets(std::vector<IpAddress>& nameservers);

}  // namespace runtime::network
