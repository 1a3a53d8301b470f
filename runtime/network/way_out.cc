#include "runtime/network/way_out.h"

#include "runtime/base/error.h"
#include "runtime/network/address_plan.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/program.h"
#include "runtime/network/way_out_rules.h"

namespace runtime::network {
namespace {

std::string OwnDescriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

HelperOptions GuardOf(const std::filesystem::path& helper, const std::string& owner,
                      const NetworkNamespace& job, const HostNetwork& host) {
  const std::filesystem::path program = FindProgram("slirp4netns", "slirp4netns");
  if (!host.v4 && !host.v6) {
    throw base::Error(base::ErrorKind::kUnavailable, "this host has no default route itself");
  }
  HelperOptions options = {
      .program = helper,
      .arguments = {kGuardWayOut, owner, program, "--configure", "--enable-seccomp",
                    // Neither the host's loopback nor its nameserver by an address of the link.
                    "--disable-host-loopback", "--disable-dns", "--mtu=65520",
                    std::string("--cidr=").append(kWayOutRange),
                    "--ready-fd=" + std::to_string(kGuardReady), "--netns-type=path",
                    "--userns-path=" + OwnDescriptor(kGuardUserNamespace)},
      .descriptors = {job.user.get(), job.network.get()},
      .starts_others = true};
  if (host.v6) {
    options.arguments.emplace_back("--enable-ipv6");
  }
  options.arguments.push_back(OwnDescriptor(kGuardNetworkNamespace));
  options.arguments.emplace_back(kOutName);
  return options;
}

}  // namespace

WayOut::WayOut(const std::filesystem::path& helper, const std::string& owner,
               const NetworkNamespace& job, const HostNetwork& host)
    : guard_(GuardOf(helper, owner, job, host)) {}

}  // namespace runtime::network
