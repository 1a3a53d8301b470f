#include "runtime/network/way_out.h"

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

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

// The device goes with its namespace, whose end nobody waits for, and not when slirp4netns closes
// it: the kernel would hold that up for all others to let go of the device (some 20 ms). Where we
// may not, it is so. By the process's own descriptor (pidfd_getfd(2)).
void LeaveDeviceToNamespace(int process) {
  constexpr int kMostDescriptors = 32;
  for (int fd = STDERR_FILENO + 1; fd < kMostDescriptors; ++fd) {
    const base::UniqueFd theirs(static_cast<int>(::syscall(SYS_pidfd_getfd, process, fd, 0)));
    ifreq device = {};
    if (theirs && ::ioctl(theirs.get(), TUNGETIFF, &device) == 0) {
      ::ioctl(theirs.get(), TUNSETPERSIST, 1);
      return;
    }
  }
}

}  // namespace

WayOut::WayOut(const std::filesystem::path& helper, const std::string& owner,
               const NetworkNamespace& job, const HostNetwork& host)
    : guard_(GuardOf(helper, owner, job, host)) {}

void WayOut::Await() const {
  const std::vector<base::UniqueFd> started = guard_.AwaitStart();
  if (!started.empty()) {
    LeaveDeviceToNamespace(started.front().get());
  }
}

}  // namespace runtime::network
