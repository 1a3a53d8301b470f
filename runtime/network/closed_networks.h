// Addresses that aren't the world: private, of links, of groups, and what leads around to them.
#pragma once

#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

const std::vector<IpNetwork>& ClosedNetworks();

}  // namespace runtime::network
