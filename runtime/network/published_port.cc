#include "runtime/network/published_port.h"

#include <sys/socket.h>

#include <cerrno>
#include <charconv>

#include "runtime/base/error.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

constexpr int kBacklog = 128;

std::optional<uint16_t> ParsePort(std::string_view text, uint16_t least) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < least) {
    return std::nullopt;
  }
  return port;
}

// Takes what is before the last colon off.
std::string_view TakeLast(std::string_view& text) {
  const size_t colon = text.rfind(':');
  const std::string_view last = colon == std::string_view::npos ? text : text.substr(colon + 1);
  text = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  return last;
}

Error Refusal(const PublishedPort& port, int number) {
  const std::string what = "publish " + port.ToString();
  if (number == EADDRINUSE) {
    return {ErrorKind::kExists,
            what + ": another program has that port of this host; choose another", number};
  }
  if (number == EACCES) {
    return {ErrorKind::kPermission,
            what + ": ports below 1024 are for root (sysctl net.ipv4.ip_unprivileged_port_start)",
            number};
  }
  if (number == EADDRNOTAVAIL) {
    return {ErrorKind::kUsage, what + ": this host has no such address", number};
  }
  return Error::FromErrno(what, number);
}

// Of both versions where that is meant and there.
UniqueFd MakeSocket(const PublishedPort& port, IpAddress& address) {
  const int type = (port.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  address = port.address.value_or(*IpAddress::Parse("::"));
  UniqueFd fd(::socket(address.family(), type, 0));
  if (!fd && !port.address) {
    address = *IpAddress::Parse("0.0.0.0");
    fd.Reset(::socket(AF_INET, type, 0));
  }
  const int off = 0;
  if (fd && !port.address && address.v6) {
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  return fd;
}

}  // namespace

std::optional<PublishedPort> PublishedPort::Parse(std::string_view text) {
  PublishedPort result;
  if (text.ends_with("/udp") || text.ends_with("/tcp")) {
    result.udp = text.ends_with("/udp");
    text.remove_suffix(4);
  }
  const std::optional<uint16_t> port = ParsePort(TakeLast(text), 1);
  if (!port) {
    return std::nullopt;
  }
  result.port = *port;
  if (text.empty()) {
    return result;
  }
  const std::string_view host_port = TakeLast(text);
  const std::optional<uint16_t> parsed = host_port.empty() ? 0 : ParsePort(host_port, 0);
  if (!parsed) {
    return std::nullopt;
  }
  result.host_port = *parsed;
  if (text.empty()) {
    return result;
  }
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
  } else if (text.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  result.address = IpAddress::Parse(text);
  return result.address ? std::optional(result) : std::nullopt;
}

std::string PublishedPort::ToString() const {
  const std::string host = !address       ? "0.0.0.0"
                           : address->v6 ? "[" + address->ToString() + "]"
                                         : address->ToString();
  return host + ":" + std::to_string(host_port) + " -> " + std::to_string(port) +
         (udp ? "/udp" : "/tcp");
}

UniqueFd Listen(PublishedPort& port) {
  IpAddress address;
  UniqueFd fd = MakeSocket(port, address);
  if (!fd) {
    throw Refusal(port, errno);
  }
  const int on = 1;
  if (port.udp) {
    // An answer is to come from the address that was asked.
    ::setsockopt(fd.get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  } else {
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  const SocketAddress where(address, port.host_port);
  sockaddr_in6 bound = {};  // The port is at the same place in both.
  socklen_t size = sizeof bound;
  if (::bind(fd.get(), where.get(), where.size) != 0 ||
      (!port.udp && ::listen(fd.get(), kBacklog) != 0) ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    throw Refusal(port, errno);
  }
  port.host_port = ntohs(bound.sin6_port);
  return fd;
}

}  // namespace runtime::network
