// NetworkRequest: the network that one container of its own asks for. A plain value, part of a kept
// container's record.
#pragma once

#include <string>
#include <vector>

#include "runtime/network/ip_address.h"
#include "runtime/network/published_port.h"

namespace runtime::network {

struct NetworkRequest {
  bool way_out = false;
  std::vector<std::string> names;      // of the container; each an IsDnsName()
  std::vector<IpAddress> nameservers;  // as in WayOutOptions, and with a way out alone
  std::vector<IpNetwork> allowed;
  std::vector<PublishedPort> ports;
  bool operator==(const NetworkRequest&) const = default;
};

}  // namespace runtime::network
