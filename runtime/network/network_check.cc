#include "runtime/network/network_check.h"

#include <unistd.h>

#include <string>

#include "runtime/base/error.h"
#include "runtime/network/address_plan.h"
#include "runtime/network/host_network.h"
#include "runtime/network/links.h"
#include "runtime/network/namespaces.h"
#include "runtime/network/program.h"
#include "runtime/network/way_out_rules.h"

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

container::HostCheck CheckWayOut() {
  container::HostCheck check = {.name = "way out",
                                .required = false,
                                .advice = "apt-get install slirp4netns nftables; modprobe tun"};
  try {
    const std::string slirp = FindProgram("slirp4netns", "slirp4netns");
    const std::string nft = FindProgram("nft", "nftables");
    if (::access("/dev/net/tun", R_OK | W_OK) != 0) {
      throw base::Error::FromErrno("open /dev/net/tun");
    }
    const HostNetwork host = HostNetwork::Read();
    const NetworkNamespace network = NetworkNamespace::Make();
    RunInside(network.network.get(), {nft, "-f", "-"}, WayOutRules({}, host.addresses));
    check.good = host.v4 || host.v6;
    check.found = std::string(host.v4 ? "IPv4" : "") + (host.v4 && host.v6 ? " and " : "") +
                  (host.v6 ? "IPv6" : "");
    if (!check.good) {
      check.found = "this host has no default route itself";
      check.advice = "ip route add default via ROUTER";
    }
  } catch (const base::Error& e) {
    check.found = e.what();
  }
  return check;
}

}  // namespace

std::vector<container::HostCheck> CheckNetworks() { return {CheckJobNetworks(), CheckWayOut()}; }

}  // namespace runtime::network
