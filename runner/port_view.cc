#include "runner/port_view.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace runner {
namespace lifecycle = runtime::lifecycle;
using nlohmann::json;
using runtime::network::IpAddress;
using runtime::network::PublishedPort;

namespace {

std::vector<IpAddress> Addresses(const PublishedPort& port) {
  if (port.address) {
    return {*port.address};
  }
  return {*IpAddress::Parse("0.0.0.0"), *IpAddress::Parse("::")};
}

}  // namespace

std::vector<PublishedPort> LivePorts(const lifecycle::Kept& kept) {
  return lifecycle::IsAlive(kept.state.status) ? kept.state.ports : std::vector<PublishedPort>();
}

std::vector<std::string> HostSides(const PublishedPort& port) {
  std::vector<std::string> sides;
  for (const IpAddress& address : Addresses(port)) {
    sides.push_back((address.v6 ? "[" + address.ToString() + "]" : address.ToString()) + ":" +
                    std::to_string(port.host_port));
  }
  return sides;
}

std::string PortsText(const lifecycle::Kept& kept) {
  std::string text;
  for (const PublishedPort& port : LivePorts(kept)) {
    for (const std::string& side : HostSides(port)) {
      text.append(text.empty() ? "" : ", ").append(side).append("->").append(port.Inside());
    }
  }
  return text;
}

json BoundPorts(const lifecycle::Kept& kept) {
  json ports = json::object();
  for (const PublishedPort& port : LivePorts(kept)) {
    for (const IpAddress& address : Addresses(port)) {
      ports[port.Inside()].push_back(
          {{"HostIp", address.ToString()}, {"HostPort", std::to_string(port.host_port)}});
    }
  }
  return ports;
}

json AskedPorts(const lifecycle::Kept& kept) {
  json ports = json::object();
  if (kept.config.network) {
    for (const PublishedPort& port : kept.config.network->ports) {
      const std::string range =
          port.last_host_port == 0 ? "" : "-" + std::to_string(port.last_host_port);
      ports[port.Inside()].push_back(
          {{"HostIp", port.address ? port.address->ToString() : ""},
           {"HostPort", port.host_port == 0 ? "" : std::to_string(port.host_port) + range}});
    }
  }
  return ports;
}

}  // namespace runner
