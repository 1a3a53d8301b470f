#include "runtime/network/published_port.h"

#include <algorithm>

#include "runtime/base/text.h"

namespace runtime::network {
namespace {

struct Range {
  uint16_t first = 0;
  uint16_t last = 0;
  unsigned count() const { return last - first + 1u; }
};

std::optional<Range> ParseRange(std::string_view text) {
  const size_t dash = std::min(text.find('-'), text.size());
  const std::optional<uint16_t> first = base::ParseInteger<uint16_t>(text.substr(0, dash));
  const std::optional<uint16_t> last =
      dash == text.size() ? first : base::ParseInteger<uint16_t>(text.substr(dash + 1));
  if (!first || !last || *first > *last || (*first == 0 && *last != 0)) {
    return std::nullopt;
  }
  return Range{*first, *last};
}

// Takes what is behind the last colon off.
std::string_view TakeLast(std::string_view& text) {
  const size_t colon = text.rfind(':');
  const std::string_view last = colon == std::string_view::npos ? text : text.substr(colon + 1);
  text = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  return last;
}

// False when there is an end of another name.
bool TakeProtocol(std::string_view& text, bool& udp) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return true;
  }
  const std::string_view name = text.substr(slash + 1);
  udp = name == "udp" || name == "UDP";
  text = text.substr(0, slash);
  return udp || name == "tcp" || name == "TCP";
}

// Nothing for a text that is none; an IPv6 address is in brackets.
std::optional<IpAddress> ParseAddress(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const std::optional<IpAddress> address = IpAddress::Parse(text.substr(1, text.size() - 2));
    return address && address->v6 ? address : std::nullopt;
  }
  return text.find(':') == std::string_view::npos ? IpAddress::Parse(text) : std::nullopt;
}

// Nothing when that many ports of the host don't fit to those of the container.
std::vector<PublishedPort> Expand(const PublishedPort& model, Range host, Range inside) {
  const bool any = host.first == 0;
  const bool choice = !any && inside.count() == 1 && host.count() > 1;
  if (!any && !choice && host.count() != inside.count()) {
    return {};
  }
  std::vector<PublishedPort> ports;
  for (unsigned i = 0; i < inside.count(); ++i) {
    PublishedPort& port = ports.emplace_back(model);
    port.port = static_cast<uint16_t>(inside.first + i);
    port.host_port = any ? uint16_t{0} : static_cast<uint16_t>(host.first + i);
    port.last_host_port = choice ? host.last : uint16_t{0};
  }
  return ports;
}

}  // namespace

std::vector<PublishedPort> PublishedPort::Parse(std::string_view text) {
  PublishedPort model;
  if (!TakeProtocol(text, model.udp)) {
    return {};
  }
  const std::optional<Range> inside = ParseRange(TakeLast(text));
  const std::string_view host_ports = TakeLast(text);
  const std::optional<Range> host = host_ports.empty() ? Range() : ParseRange(host_ports);
  if (!inside || inside->first == 0 || !host) {
    return {};
  }
  if (!text.empty()) {
    model.address = ParseAddress(text);
    if (!model.address) {
      return {};
    }
  }
  return Expand(model, *host, *inside);
}

std::string PublishedPort::Inside() const { return std::to_string(port) + (udp ? "/udp" : "/tcp"); }

std::string PublishedPort::ToString() const {
  const std::string host = !address      ? "0.0.0.0"
                           : address->v6 ? "[" + address->ToString() + "]"
                                         : address->ToString();
  return host + ":" + std::to_string(host_port) +
         (last_host_port == 0 ? "" : "-" + std::to_string(last_host_port)) + "->" + Inside();
}

bool PublishedPort::IsAnswerTo(const PublishedPort& asked) const {
  const uint16_t last = std::max(asked.host_port, asked.last_host_port);
  return address == asked.address && port == asked.port && udp == asked.udp &&
         (last == 0 || (host_port >= asked.host_port && host_port <= last));
}

}  // namespace runtime::network
