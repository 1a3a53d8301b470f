// PublishedPort: a port of the host that leads to one of a container.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/network/ip_address.h"

namespace runtime::network {

struct PublishedPort {
  std::optional<IpAddress> address;  // of the host; nothing: all of them, of both versions of IP
  uint16_t host_port = 0;            // 0: one that is free
  uint16_t port = 0;                 // of the container
  bool udp = false;

  // docker's "[ADDRESS:][HOST-PORT:]PORT[/tcp|udp]", an IPv6 address in brackets; nothing when it
  // isn't of that form.
  static std::optional<PublishedPort> Parse(std::string_view text);
  // "0.0.0.0:8080 -> 80/tcp"
  std::string ToString() const;
  bool operator==(const PublishedPort&) const = default;
};

// A socket of the network that the calling thread is in, bound and for TCP listening, which doesn't
// block; host_port is set to what it got. Throws Error that says what to do, when somebody else has
// the port for instance.
base::UniqueFd Listen(PublishedPort& port);

}  // namespace runtime::network
