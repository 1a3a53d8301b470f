// PublishedPort: a port of the host that leads to one of a container. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network {

struct PublishedPort {
  std::optional<IpAddress> address;  // of the host; nothing: all of them, of both versions of IP
  uint16_t host_port = 0;            // 0: one that is free
  uint16_t last_host_port = 0;       // not 0: the first that is free from host_port to this one
  uint16_t port = 0;                 // of the container
  bool udp = false;

  // docker's "[ADDRESS:][HOST-PORT:]PORT[/tcp|udp]", an IPv6 address in brackets. Either port may
  // be a range, "8000-8002:80-82"; that of the host alone is one to choose from. Empty when it
  // isn't of that form.
  static std::vector<PublishedPort> Parse(std::string_view text);
  // "0.0.0.0:8080->80/tcp"
  std::string ToString() const;
  // "80/tcp"
  std::string Inside() const;
  // The same but for the port of the host, which may be one of several.
  bool IsAnswerTo(const PublishedPort& asked) const;
  bool operator==(const PublishedPort&) const = default;
};

}  // namespace runtime::network
