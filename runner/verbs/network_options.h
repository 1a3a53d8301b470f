// The options of `runner run` that are about the network, named and read as docker's.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/network/job_network.h"

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
  // Whether the container shares a network, with or without a way out. Throws likewise.
  bool Joins() const;
  // Whose network namespace that is.
  runtime::container::Network Namespace() const;

  // A network and this container on it; both are to outlive the container.
  struct Joined {
    std::unique_ptr<runtime::network::JobNetwork> network;
    std::unique_ptr<runtime::network::JobNetwork::Member> member;
  };
  // Says in the spec what its network is; id and host name must be set. Throws Error.
  Joined PutInto(runtime::container::ContainerSpec& spec) const;

 private:
  std::string kind_ = "none";
  std::vector<std::string> aliases_;
  std::vector<std::string> hosts_;
  std::vector<std::string> nameservers_;
  std::vector<std::string> allowed_;
};

}  // namespace runner
