#include "runner/verbs/network_options.h"

#include <optional>

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

}  // namespace

void NetworkOptions::Declare(CLI::App& app) {
  app.add_option("--network,--net", kind_, "none (default), job or host");
  app.add_option("--network-alias", aliases_, "A name of the container on its network")
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
  if (kind_ != "job") {
    Refuse("--network", kind_, "none, job or host");
  }
  return NetworkKind::kJob;
}

container::Network NetworkOptions::Namespace() const {
  return kind() == NetworkKind::kHost ? container::Network::kHost : container::Network::kNone;
}

void NetworkOptions::Finish() const {
  const bool joins = kind() == NetworkKind::kJob;
  for (const std::string& alias : aliases_) {
    if (!network::IsDnsName(alias)) {
      Refuse("--network-alias", alias, "a name of letters, digits, '-' and '_'");
    }
    if (!joins) {
      Refuse("--network-alias", alias, "--network job with it");
    }
  }
  for (const std::string& host : hosts_) {
    HostsLine(host);
  }
}

NetworkOptions::Joined NetworkOptions::PutInto(container::ContainerSpec& spec) const {
  Joined joined;
  spec.network = Namespace();
  if (kind() == NetworkKind::kJob) {
    std::vector<std::string> names = aliases_;
    names.push_back(spec.id);
    if (network::IsDnsName(spec.hostname) && spec.hostname != spec.id) {
      names.push_back(spec.hostname);
    }
    joined.network = std::make_unique<network::JobNetwork>(
        network::JobNetworkOptions{.helper = HelperProgram("runner-network"), .owner = spec.id});
    joined.member = joined.network->Join(names);
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
