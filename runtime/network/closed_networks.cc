#include "runtime/network/closed_networks.h"

namespace runtime::network {

const std::vector<IpNetwork>& ClosedNetworks() {
  static const std::vector<IpNetwork> networks = [] {
    std::vector<IpNetwork> result;
    for (const char* text :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
          "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
          // Of IPv6 all but global unicast (2000::/3), and tunnels that begin in there.
          "::/3", "2001::/32", "2002::/16", "4000::/2", "8000::/1"}) {
      result.push_back(*IpNetwork::Parse(text));
    }
    return result;
  }();
  return networks;
}

}  // namespace runtime::network
