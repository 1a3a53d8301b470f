// IpAddress, IpNetwork: addresses of both versions, and ranges of them, as plain values.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runtime::network {

struct IpAddress {
  bool v6 = false;
  std::array<uint8_t, 16> bytes{};  // of IPv4 the first four

  // "10.0.0.1" or "fd00::1"; nothing for every other text, zone ids among them.
  static std::optional<IpAddress> Parse(std::string_view text);
  // That of IPv4 and IPv6 sockets; nothing for others.
  static std::optional<IpAddress> From(const sockaddr& address);
  static IpAddress V4(const std::array<uint8_t, 4>& bytes);

  int family() const { return v6 ? AF_INET6 : AF_INET; }
  unsigned bits() const { return v6 ? 128 : 32; }
  std::span<const uint8_t> data() const { return std::span(bytes).first(bits() / 8); }
  std::string ToString() const;
  auto operator<=>(const IpAddress&) const = default;
};

// A range, or the address of an interface with what is reached through it: there the bits behind
// the prefix say which one of the range it is.
struct IpNetwork {
  IpAddress address;
  unsigned prefix = 0;  // bits

  // "10.0.0.0/8", or an address for itself alone; nothing when bits behind the prefix are set.
  static std::optional<IpNetwork> Parse(std::string_view text);
  bool Contains(const IpAddress& other) const;
  std::string ToString() const;
  auto operator<=>(const IpNetwork&) const = default;
};

// What bind(2) and connect(2) take.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  SocketAddress() = default;
  SocketAddress(const IpAddress& address, uint16_t port);
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

}  // namespace runtime::network
