#include "runtime/lifecycle/kept_network.h"

#include <nlohmann/json.hpp>

#include <string>

#include "runtime/base/error.h"

namespace runtime::lifecycle {
using network::IpAddress;
using network::IpNetwork;
using network::NetworkRequest;
using network::PublishedPort;
using nlohmann::json;

namespace {

template <typename T>
json Texts(const std::vector<T>& values) {
  json list = json::array();
  for (const T& value : values) {
    list.push_back(value.ToString());
  }
  return list;
}

template <typename T>
T Parsed(const json& text) {
  const std::optional<T> value = T::Parse(text.get<std::string>());
  if (!value) {
    throw base::Error(base::ErrorKind::kInvalid, "no address: " + text.dump());
  }
  return *value;
}

template <typename T>
std::vector<T> AllParsed(const json& list) {
  std::vector<T> values;
  for (const json& text : list) {
    values.push_back(Parsed<T>(text));
  }
  return values;
}

}  // namespace

json PortsToJson(const std::vector<PublishedPort>& ports) {
  json list = json::array();
  for (const auto& [address, host_port, last_host_port, port, udp] : ports) {
    list.push_back({{"address", address ? json(address->ToString()) : json()},
                    {"host-port", host_port},
                    {"last-host-port", last_host_port},
                    {"port", port},
                    {"udp", udp}});
  }
  return list;
}

std::vector<PublishedPort> PortsFromJson(const json& from) {
  std::vector<PublishedPort> ports;
  for (const json& item : from) {
    const json& address = item.at("address");
    ports.push_back({address.is_null() ? std::nullopt : std::optional(Parsed<IpAddress>(address)),
                     item.at("host-port"), item.at("last-host-port"), item.at("port"),
                     item.at("udp")});
  }
  return ports;
}

json NetworkToJson(const std::optional<NetworkRequest>& request) {
  if (!request) {
    return {};
  }
  const auto& [way_out, names, nameservers, allowed, ports] = *request;
  return {{"way-out", way_out},
          {"names", names},
          {"nameservers", Texts(nameservers)},
          {"allowed", Texts(allowed)},
          {"ports", PortsToJson(ports)}};
}

std::optional<NetworkRequest> NetworkFromJson(const json& from) {
  if (from.is_null()) {
    return std::nullopt;
  }
  return NetworkRequest{.way_out = from.at("way-out"),
                        .names = from.at("names").get<std::vector<std::string>>(),
                        .nameservers = AllParsed<IpAddress>(from.at("nameservers")),
                        .allowed = AllParsed<IpNetwork>(from.at("allowed")),
                        .ports = PortsFromJson(from.at("ports"))};
}

void KeptNetwork::PutInto(container::ContainerSpec& spec, Kept& kept) {
  if (!kept.config.network) {
    return;
  }
  if (!network_) {
    network_.emplace(*kept.config.network, helper_, kept.config.id, kept.state.ports);
    kept.state.ports = network_->ports();
  }
  network_->PutInto(spec);
}

}  // namespace runtime::lifecycle
