// The network of a kept container: in its record, and in its monitor.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/lifecycle/store.h"
#include "runtime/network/own_network.h"

namespace runtime::lifecycle {

// As JSON, exactly: reading what was written yields an equal value. Null for none. Reading throws
// nlohmann::json::exception or Error (kInvalid).
nlohmann::json NetworkToJson(const std::optional<network::NetworkRequest>& request);
std::optional<network::NetworkRequest> NetworkFromJson(const nlohmann::json& from);
nlohmann::json PortsToJson(const std::vector<network::PublishedPort>& ports);
std::vector<network::PublishedPort> PortsFromJson(const nlohmann::json& from);

// From the first start to the end for good: a restart finds its ports still bound. One thread.
class KeptNetwork {
 public:
  // `helper`: the program runner-network.
  explicit KeptNetwork(std::filesystem::path helper) : helper_(std::move(helper)) {}

  // Sets what joins the container to its network, where the record says that it has one: that is
  // made if it isn't there. Its ports are those that it had before, where they can be had, and are
  // put into the state. Throws Error.
  void PutInto(container::ContainerSpec& spec, Kept& kept);
  // Ends it; what it had is free when this returns.
  void End() { network_.reset(); }

 private:
  std::filesystem::path helper_;
  std::optional<network::OwnNetwork> network_;
};

}  // namespace runtime::lifecycle
