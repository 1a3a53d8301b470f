// One entry of a step's `egress`: "HOST:PORT", where HOST is a name or an address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pipeline {

struct EgressTarget {
  std::string host;  // an IPv6 address without its brackets
  uint16_t port = 0;
  bool operator==(const EgressTarget&) const = default;
};

// Nothing when it isn't of that form; whether an address is one, who uses it finds out.
std::optional<EgressTarget> ParseEgressTarget(std::string_view text);

}  // namespace pipeline
