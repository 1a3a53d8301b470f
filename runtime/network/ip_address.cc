#include "runtime/network/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace runtime::network {

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::copy(text.begin(), text.end(), buffer);
  IpAddress address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (::inet_pton(address.family(), buffer, address.bytes.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

std::optional<IpAddress> IpAddress::From(const sockaddr& address) {
  IpAddress result;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(result.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    result.v6 = true;
    std::memcpy(result.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  } else {
    return std::nullopt;
  }
  return result;
}

IpAddress IpAddress::V4(const std::array<uint8_t, 4>& bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(family(), bytes.data(), text, sizeof text);
  return text;
}

std::optional<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  IpNetwork network = {*address, address->bits()};
  if (slash < text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix);
    if (error != std::errc() || end != digits.data() + digits.size() ||
        network.prefix > address->bits()) {
      return std::nullopt;
    }
  }
  for (unsigned bit = network.prefix; bit < address->bits(); ++bit) {
    if ((address->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      return std::nullopt;
    }
  }
  return network;
}

bool IpNetwork::Contains(const IpAddress& other) const {
  if (other.v6 != address.v6) {
    return false;
  }
  const unsigned whole = prefix / 8;
  const unsigned rest = prefix % 8;
  return std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin()) &&
         (rest == 0 || (address.bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0);
}

std::string IpNetwork::ToString() const {
  return address.ToString() + "/" + std::to_string(prefix);
}

SocketAddress::SocketAddress(const IpAddress& address, uint16_t port) {
  if (address.v6) {
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&storage, &v6, sizeof v6);
    size = sizeof v6;
  } else {
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), sizeof v4.sin_addr);
    std::memcpy(&storage, &v4, sizeof v4);
    size = sizeof v4;
  }
}

}  // namespace runtime::network
