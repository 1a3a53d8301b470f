#include "runtime/network/port_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/error.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

constexpr int kBacklog = 1024;

Error Refusal(const PublishedPort& port, int number) {
  const std::string what = "publish " + port.ToString();
  if (number == EADDRINUSE) {
    const bool one = port.last_host_port == 0;
    return {ErrorKind::kExists,
            what + (one ? ": this port of the host is in use; choose another"
                        : ": all these ports of the host are in use; choose others"),
            number};
  }
  if (number == EACCES) {
    return {ErrorKind::kPermission,
            what + ": only root may use this port of the host; choose one from 1024 on, or let " +
                "everybody: sysctl net.ipv4.ip_unprivileged_port_start=" +
                std::to_string(port.host_port),
            number};
  }
  if (number == EADDRNOTAVAIL) {
    return {ErrorKind::kUsage, what + ": this host has no such address", number};
  }
  return Error::FromErrno(what, number);
}

void Set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

UniqueFd MakeSocket(const IpAddress& address, bool udp) {
  const int type = (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  return UniqueFd(::socket(address.family(), type, 0));
}

// What stands for all addresses of this host.
IpAddress AnyAddress(bool udp) {
  const IpAddress both = *IpAddress::Parse("::");
  return MakeSocket(both, udp) || errno != EAFNOSUPPORT ? both : *IpAddress::Parse("0.0.0.0");
}

// Nothing, with errno, when it can't be had; else `port` is what it is bound to.
UniqueFd Bind(const IpAddress& address, uint16_t host_port, PublishedPort& port) {
  UniqueFd fd = MakeSocket(address, port.udp);
  if (!fd) {
    return fd;
  }
  if (address.v6) {
    Set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, port.address ? 1 : 0);
  }
  if (port.udp) {
    // An answer is to come from the address that was asked.
    Set(fd.get(), IPPROTO_IP, IP_PKTINFO, 1);
    Set(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  } else {
    Set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  }
  const SocketAddress where(address, host_port);
  sockaddr_in6 bound = {};  // The port is at the same place in both versions.
  socklen_t size = sizeof bound;
  if (::bind(fd.get(), where.get(), where.size) != 0 ||
      (!port.udp && ::listen(fd.get(), kBacklog) != 0) ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return {};
  }
  port.host_port = ntohs(bound.sin6_port);
  port.last_host_port = 0;
  return fd;
}

}  // namespace

UniqueFd BindPublishedPort(PublishedPort& port, uint16_t rather) {
  const IpAddress address = port.address ? *port.address : AnyAddress(port.udp);
  if (!address.v6) {
    port.address = address;
  }
  UniqueFd fd = rather == 0 ? UniqueFd() : Bind(address, rather, port);
  const unsigned last = std::max(port.host_port, port.last_host_port);
  for (unsigned number = port.host_port; !fd && number <= last; ++number) {
    fd = Bind(address, static_cast<uint16_t>(number), port);
    if (!fd && errno != EADDRINUSE) {
      break;
    }
  }
  if (!fd) {
    throw Refusal(port, errno);
  }
  return fd;
}

}  // namespace runtime::network
