// HostNetwork: what of the host's own network a way out needs to know.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

struct HostNetwork {
  bool v4 = false;  // has a default route
  bool v6 = false;
  std::vector<IpAddress> addresses;  // of all devices, loopback among them
  std::vector<IpAddress>
      nameservers;  // as the host itself asks them; at most three (resolv.conf(5))

  // Of the network namespace that the calling thread is in. Throws Error.
  static HostNetwork Read();
};

// From the texts of /etc/resolv.conf, and of route and ipv6_route in /proc/PID/net.
std::vector<IpAddress> ParseNameservers(std::string_view resolv_conf);
bool HasDefaultRoute4(std::string_view routes);
bool HasDefaultRoute6(std::string_view routes);

}  // namespace runtime::network
