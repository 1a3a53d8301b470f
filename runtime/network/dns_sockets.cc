#include "runtime/network/dns_sockets.h"

#include <sys/socket.h>

#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {
namespace {

using base::Error;
using base::UniqueFd;

constexpr uint16_t kDnsPort = 53;
constexpr int kResolverBacklog = 64;

UniqueFd Socket(const IpAddress& address, int type) {
  UniqueFd fd(::socket(address.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) {
    throw Error::FromErrno("socket for " + address.ToString());
  }
  return fd;
}

UniqueFd Bound(const IpAddress& address, int type) {
  UniqueFd fd = Socket(address, type);
  const SocketAddress where(address, kDnsPort);
  if (::bind(fd.get(), where.get(), where.size) != 0 ||
      (type == SOCK_STREAM && ::listen(fd.get(), kResolverBacklog) != 0)) {
    throw Error::FromErrno("bind the resolver to " + address.ToString());
  }
  return fd;
}

}  // namespace

DnsSockets BindDnsSockets(int network, const IpAddress& address) {
  DnsSockets sockets;
  InsideNetwork(network, [&] {
    sockets = {Bound(address, SOCK_DGRAM), Bound(address, SOCK_STREAM)};
  });
  return sockets;
}

std::vector<UniqueFd> MakeUpstreamSockets(std::vector<IpAddress>& nameservers) {
  std::erase_if(nameservers, [](const IpAddress& address) {
    return !UniqueFd(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)) &&
           errno == EAFNOSUPPORT;
  });
  std::vector<UniqueFd> sockets;
  for (const IpAddress& address : nameservers) {
    for (size_t i = 0; i < kUpstreamDatagrams; ++i) {
      sockets.push_back(Socket(address, SOCK_DGRAM));
    }
    for (size_t i = 0; i < kUpstreamConnections; ++i) {
      sockets.push_back(Socket(address, SOCK_STREAM));
    }
  }
  return sockets;
}

}  // namespace runtime::network
