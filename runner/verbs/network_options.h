// The options of `runner run` that are about the network, named and read as docker's.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/network/network_request.h"

namespace runner {

enum class NetworkKind { kNone, kHost, kJob, kFull };

// Throws Error (kUsage) that names the option.
runtime::network::IpNetwork ParseAllowedNetwork(const std::string& option, const std::string& text);

class NetworkOptions {
 public:
  // Adds them to the verb's parser. `this` must outlive it.
  void Declare(CLI::App& app);
  // After parsing. Throws Error (kUsage) that names the option, the value and what was expected.
  void Finish() const;

  NetworkKind kind() const;  // Throws likewise.
  // Whose network namespace that is.
  runtime::container::Network Namespace() const;

  // Says in the spec whose network it has, and the lines of its hosts; the host name must be set.
  void PutInto(runtime::container::ContainerSpec& spec) const;
  // What its own network is to be, for one that has such: id and host name must be set. `exposed`
  // are the ports of its image. Ports that can't be published are warned of. Throws likewise.
  std::optional<runtime::network::NetworkRequest> Request(
      const runtime::container::ContainerSpec& spec, const std::vector<std::string>& exposed) const;

 private:
  bool Publishes() const { return !published_.empty() || publish_all_; }
  // Whether the container shares a network, with or without a way out.
  bool Joins() const;
  std::vector<runtime::network::PublishedPort> Ports(const std::vector<std::string>& exposed) const;

  std::string kind_;  // empty: none, or job for who publishes
  std::vector<std::string> aliases_;
  std::vector<std::string> hosts_;
  std::vector<std::string> nameservers_;
  std::vector<std::string> allowed_;
  std::vector<std::string> published_;
  std::vector<std::string> exposed_;
  bool publish_all_ = false;
};

}  // namespace runner
