#include "runner/verbs/network_options.h"

#include <optional>
#include <utility>

#include "runner/program_files.h"
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

}  // namespace

network::IpNetwork ParseAllowedNetwork(const std::string& option, const std::string& text) {
  const std::optional<network::IpNetwork> range = network::IpNetwork::Parse(text);
  if (!range) {
    Refuse(option, text, "an address or a range, such as 10.1.0.0/16 or fd00:1::/64");
  }
  return *range;
}

void NetworkOptions::Declare(CLI::App& app) {
  app.add_option("--network,--net", kind_, "none (default), job, full or host");
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
  if (!full && (!nameservers_.empty() || !allowed_.empty())) {
    const bool dns = !nameservers_.empty();
    Refuse(dns ? "--dns" : "--network-allow", dns ? nameservers_.front() : allowed_.front(),
           "--network full with it");
  }
}

NetworkOptions::Joined NetworkOptions::PutInto(container::ContainerSpec& spec) const {
  Joined joined;
  spec.network = Namespace();
  if (Joins()) {
    std::vector<std::string> names = aliases_;
    names.push_back(spec.id);
    if (network::IsDnsName(spec.hostname) && spec.hostname != spec.id) {
      names.push_back(spec.hostname);
    }
    joined.network = std::make_unique<network::JobNetwork>(
        network::JobNetworkOptions{.helper = HelperProgram("runner-network"), .owner = spec.id});
    if (kind() == NetworkKind::kFull) {
      network::WayOutOptions options;
      for (const std::string& nameserver : nameservers_) {
        options.nameservers.push_back(ParseNameserver(nameserver));
      }
      for (const std::string& range : allowed_) {
        options.allowed.push_back(ParseAllowedNetwork("--network-allow", range));
      }
      joined.network->OpenWayOut(options);
    }
    joined.member =
        joined.network->Join({.names = std::move(names), .way_out = kind() == NetworkKind::kFull});
    joined.member->PutInto(spec);
  }
  if (!hosts_.empty() && kind() == NetworkKind::kNone) {
    spec.hosts = "127.0.1.1\t" + spec.hostname + "\n";
  }
  for (const std::string& host : hosts_) {
    spec.hosts += HostsLine(host);
  }
  return joined;
}

}  // namespace runner
