#include "runtime/git/helper/address_policy.h"

#include <algorithm>
#include <array>

#include "runtime/network/closed_networks.h"

namespace runtime::git {
namespace {

using network::IpAddress;
using network::IpNetwork;

bool IsIn(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const IpNetwork& network) { return network.Contains(address); });
}

std::vector<IpNetwork> Parsed(std::initializer_list<const char*> texts) {
  std::vector<IpNetwork> networks;
  for (const char* text : texts) {
    networks.push_back(*IpNetwork::Parse(text));
  }
  return networks;
}

bool IsLoopbackAddress(const IpAddress& address) {
  static const std::vector<IpNetwork> networks = Parsed({"127.0.0.0/8", "::1/128"});
  return IsIn(networks, address);
}

bool IsPrivateAddress(const IpAddress& address) {
  static const std::vector<IpNetwork> networks =
      Parsed({"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"});
  return IsIn(networks, address);
}

}  // namespace

AddressPolicy::AddressPolicy(const std::vector<IpAddress>& own)
    : loopback_(std::any_of(own.begin(), own.end(), &IsLoopbackAddress)),
      private_(std::any_of(own.begin(), own.end(), &IsPrivateAddress)) {}

bool AddressPolicy::Allows(const IpAddress& address) const {
  return (loopback_ && IsLoopbackAddress(address)) || (private_ && IsPrivateAddress(address)) ||
         !IsIn(network::ClosedNetworks(), address);
}

}  // namespace runtime::git
