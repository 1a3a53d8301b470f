#include "runtime/network/network_check.h"

#include <string>

#include "runtime/base/error.h"
#include "runtime/network/address_plan.h"
#include "runtime/network/links.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {
namespace {

container::HostCheck CheckJobNetworks() {
  container::HostCheck check = {
      .name = "networks of jobs", .required = false, .advice = "modprobe bridge veth"};
  try {
    const NetworkNamespace network = NetworkNamespace::Make();
    InsideNetwork(network.network.get(), [&] {
      const LinkEnd bridge = {"job", 2};
      Links links;
      links.AddBridge(bridge, 1500);
      links.AddVeth({"a", 3}, bridge.index, {"b", 4}, network.network.get(), 1500);
      check.found = links.AddAddress(bridge.index, BridgeAddresses(1)[1]) ? "bridges, IPv4 and IPv6"
                                                                          : "bridges, IPv4 alone";
    });
    check.good = true;
  } catch (const base::Error& e) {
    check.found = e.what();
  }
  return check;
}

}  // namespace

std::vector<container::HostCheck> CheckNetworks() { return {CheckJobNetworks()}; }

}  // namespace runtime::network
