#include "runtime/network/way_out.h"

#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/network/address_plan.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/program.h"
#include "runtime/network/way_out_rules.h"

namespace runtime::network {
namespace {

std::string OwnDescriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

HelperOptions GuardOf(const std::filesystem::path& helper, const NetworkNamespace& job,
                      const HostNetwork& host) {
  if (!host.v4 && !host.v6) {
    throw base::Error(base::ErrorKind::kUnavailable, "this host has no default route itself");
  }
  HelperOptions options = {
      .program = helper,
      .arguments = {kGuardWayOut, FindProgram("pasta", "passt"), "--quiet", "--userns",
                    OwnDescriptor(kGuardUserNamespace), "--netns",
                    OwnDescriptor(kGuardNetworkNamespace), "--no-netns-quit", "--config-net",
                    "--ns-ifname", kOutName,
                    // Nothing comes in, nothing reaches the host by the gateway's address, and who
                    // asks for an address on the link gets no answer.
                    "--tcp-ports", "none", "--udp-ports", "none", "--tcp-ns", "none", "--udp-ns",
                    "none", "--no-map-gw", "--no-dhcp", "--no-dhcpv6", "--no-ra", "--dns", "none",
                    "--search", "none"},
      .descriptors = {job.user.get(), job.network.get()},
      .starts_others = true};
  const std::vector<IpNetwork> pasta = WayOutAddresses(1);
  const std::vector<IpNetwork> ours = WayOutAddresses(2);
  const auto add = [&](const std::string& option, const std::string& value) {
    options.arguments.insert(options.arguments.end(), {option, value});
  };
  if (host.v4) {
    add("--address", ours[0].address.ToString());
    add("--netmask", std::to_string(ours[0].prefix));
    add("--gateway", pasta[0].address.ToString());
  }
  if (host.v6) {
    add("--address", ours[1].address.ToString());
    add("--gateway", pasta[1].address.ToString());
  }
  if (!host.v4 || !host.v6) {
    options.arguments.emplace_back(host.v4 ? "--ipv4-only" : "--ipv6-only");
  }
  return options;
}

}  // namespace

WayOut::WayOut(const std::filesystem::path& helper, const NetworkNamespace& job,
               const HostNetwork& host)
    : guard_(GuardOf(helper, job, host)) {}

}  // namespace runtime::network
