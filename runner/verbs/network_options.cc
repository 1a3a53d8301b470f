#include "runner/verbs/network_options.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <utility>

#include "runner/refuse.h"
#include "runtime/network/dns_message.h"

namespace runner {
namespace container = runtime::container;
namespace network = runtime::network;
namespace {

// "NAME:ADDRESS" as a line of /etc/hosts; docker takes "NAME=ADDRESS" too.
std::string HostsLine(const std::string& text) {
  const size_t end = text.find_first_of(":=");
  const std::string name = text.substr(0, end);
  const std::optional<network::IpAddress> address =
      end == std::string::npos ? std::nullopt : network::IpAddress::Parse(text.substr(end + 1));
  if (!network::IsDnsName(name) || !address) {
    Refuse("--add-host", text, "NAME:ADDRESS, such as db:10.0.0.7");
  }
  return address->ToString() + "\t" + name + "\n";
}

constexpr size_t kMaxNameservers = 3;

network::IpAddress ParseNameserver(const std::string& text) {
  const std::optional<network::IpAddress> address = network::IpAddress::Parse(text);
  if (!address) {
    Refuse("--dns", text, "the address of a nameserver, such as 192.0.2.53");
  }
  return *address;
}

std::vector<network::PublishedPort> ParsePublished(const std::string& text) {
  std::vector<network::PublishedPort> ports = network::PublishedPort::Parse(text);
  if (ports.empty()) {
    Refuse("--publish", text,
           "[ADDRESS:][HOST-PORT:]PORT[/tcp or /udp], such as 8080:80 or 127.0.0.1:5353:53/udp");
  }
  return ports;
}

// Of --expose and of images: any port of the host is to lead to them.
std::vector<network::PublishedPort> ParseExposed(const std::string& option,
                                                 const std::string& text) {
  std::vector<network::PublishedPort> ports;
  if (text.find(':') == std::string::npos) {
    ports = network::PublishedPort::Parse(text);
  }
  if (ports.empty()) {
    Refuse(option, text, "PORT[/tcp or /udp] or FIRST-LAST, such as 80 or 5353/udp");
  }
  return ports;
}

// Each has a socket of the host's.
constexpr size_t kMaxPorts = 1000;

}  // namespace

network::IpNetwork ParseAllowedNetwork(const std::string& option, const std::string& text) {
  const std::optional<network::IpNetwork> range = network::IpNetwork::Parse(text);
  if (!range) {
    Refuse(option, text, "an address or a range, such as 10.1.0.0/16 or fd00:1::/64");
  }
  return *range;
}

void NetworkOptions::Declare(CLI::App& app) {
  app.add_option("--network,--net", kind_,
                 "none (default), job (default with --publish), full or host");
  app.add_option("-p,--publish", published_,
                 "[ADDRESS:][HOST-PORT:]PORT[/udp]: this port of the host leads to the container")
      ->allow_extra_args(false);
  app.add_flag("-P,--publish-all", publish_all_, "The same for every port that is exposed");
  app.add_option("--expose", exposed_, "PORT[/udp] that is exposed, beside those of the image")
      ->allow_extra_args(false);
  app.add_option("--network-alias", aliases_, "A name of the container on its network")
      ->allow_extra_args(false);
  app.add_option("--dns", nameservers_, "Nameserver in place of the host's")
      ->allow_extra_args(false);
  app.add_option(
         "--network-allow", allowed_,
         "ADDRESS or RANGE that --network full reaches although it is private or the host's")
      ->allow_extra_args(false);
  app.add_option("--add-host", hosts_, "NAME:ADDRESS, a line of /etc/hosts")
      ->allow_extra_args(false);
}

NetworkKind NetworkOptions::kind() const {
  if (kind_.empty()) {
    return Publishes() ? NetworkKind::kJob : NetworkKind::kNone;
  }
  if (kind_ == "none") {
    return NetworkKind::kNone;
  }
  if (kind_ == "host") {
    return NetworkKind::kHost;
  }
  if (kind_ == "job") {
    return NetworkKind::kJob;
  }
  if (kind_ != "full") {
    Refuse("--network", kind_, "none, job, full or host");
  }
  return NetworkKind::kFull;
}

container::Network NetworkOptions::Namespace() const {
  return kind() == NetworkKind::kHost ? container::Network::kHost : container::Network::kNone;
}

bool NetworkOptions::Joins() const {
  return kind() == NetworkKind::kJob || kind() == NetworkKind::kFull;
}

void NetworkOptions::Finish() const {
  const bool full = kind() == NetworkKind::kFull;
  for (const std::string& alias : aliases_) {
    if (!network::IsDnsName(alias)) {
      Refuse("--network-alias", alias, "a name of letters, digits, '-' and '_'");
    }
    if (!Joins()) {
      Refuse("--network-alias", alias, "--network job or full with it");
    }
  }
  for (const std::string& host : hosts_) {
    HostsLine(host);
  }
  if (nameservers_.size() > kMaxNameservers) {
    Refuse("--dns", nameservers_.back(), "at most three nameservers");
  }
  for (const std::string& nameserver : nameservers_) {
    ParseNameserver(nameserver);
  }
  for (const std::string& range : allowed_) {
    ParseAllowedNetwork("--network-allow", range);
  }
  Ports({});
  if (!full && (!nameservers_.empty() || !allowed_.empty())) {
    const bool dns = !nameservers_.empty();
    Refuse(dns ? "--dns" : "--network-allow", dns ? nameservers_.front() : allowed_.front(),
           "--network full with it");
  }
}

std::vector<network::PublishedPort> NetworkOptions::Ports(
    const std::vector<std::string>& exposed) const {
  std::vector<network::PublishedPort> ports;
  const auto add = [&](const network::PublishedPort& port, const std::string& text) {
    if (ports.size() == kMaxPorts) {
      Refuse("--publish", text, "at most " + std::to_string(kMaxPorts) + " ports of one container");
    }
    ports.push_back(port);
  };
  const auto add_exposed = [&](const std::string& option, const std::string& text) {
    for (const network::PublishedPort& port : ParseExposed(option, text)) {
      const bool known = std::ranges::any_of(ports, [&](const network::PublishedPort& other) {
        return other.port == port.port && other.udp == port.udp;
      });
      if (publish_all_ && !known) {
        add(port, text);
      }
    }
  };
  for (const std::string& text : published_) {
    for (const network::PublishedPort& port : ParsePublished(text)) {
      add(port, text);
    }
  }
  for (const std::string& text : exposed_) {
    add_exposed("--expose", text);
  }
  if (publish_all_) {
    for (const std::string& text : exposed) {
      add_exposed("the image's port", text);
    }
  }
  return ports;
}

void NetworkOptions::PutInto(container::ContainerSpec& spec) const {
  spec.network = Namespace();
  if (!hosts_.empty() && kind() == NetworkKind::kNone) {
    spec.hosts = "127.0.1.1\t" + spec.hostname + "\n";
  }
  for (const std::string& host : hosts_) {
    spec.hosts += HostsLine(host);
  }
}

std::optional<network::NetworkRequest> NetworkOptions::Request(
    const container::ContainerSpec& spec, const std::vector<std::string>& exposed) const {
  if (!Joins()) {
    if (Publishes()) {
      std::fprintf(stderr, "runner: --publish: discarded, since --network is %s\n", kind_.c_str());
    }
    return std::nullopt;
  }
  network::NetworkRequest request;
  request.way_out = kind() == NetworkKind::kFull;
  request.names = aliases_;
  request.names.push_back(spec.id);
  if (network::IsDnsName(spec.hostname) && spec.hostname != spec.id) {
    request.names.push_back(spec.hostname);
  }
  std::ranges::transform(nameservers_, std::back_inserter(request.nameservers), ParseNameserver);
  for (const std::string& range : allowed_) {
    request.allowed.push_back(ParseAllowedNetwork("--network-allow", range));
  }
  request.ports = Ports(exposed);
  return request;
}

}  // namespace runner
