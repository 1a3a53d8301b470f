#include "pipeline/egress_target.h"

#include <algorithm>
#include <charconv>

namespace pipeline {
namespace {

constexpr size_t kMaxHost = 253;

bool IsHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool IsBracketed(std::string_view host) { return host.starts_with('[') && host.ends_with(']'); }

}  // namespace

std::optional<EgressTarget> ParseEgressTarget(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = IsBracketed(host);
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  const bool good = !host.empty() && host.size() <= kMaxHost &&
                    std::all_of(host.begin(), host.end(),
                                [&](char c) { return IsHostByte(c) || (bracketed && c == ':'); });
  EgressTarget target = {.host = std::string(host)};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
  if (!good || error != std::errc() || end != digits.data() + digits.size() || target.port == 0) {
    return std::nullopt;
  }
  return target;
}

}  // namespace pipeline
