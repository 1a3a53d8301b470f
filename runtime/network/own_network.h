// OwnNetwork: a network for one container that shares its network with nobody, as `runner run` and
// the monitor of a kept container make it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/network/job_network.h"
#include "runtime/network/network_request.h"

namespace runtime::network {

// Outlives the container; several may have it, one after the other. Its ports are bound as long as
// it lives, also between them.
class OwnNetwork {
 public:
  // `helper` and `owner` as in JobNetworkOptions. `before`: what it had when it was made last, to
  // be had again where that can be. Throws Error.
  OwnNetwork(const NetworkRequest& request, const std::filesystem::path& helper,
             const std::string& owner, const std::vector<PublishedPort>& before = {});

  // What joins the container to it: JobNetwork::Member::PutInto().
  void PutInto(container::ContainerSpec& spec) const { member_->PutInto(spec); }
  // As they are bound.
  const std::vector<PublishedPort>& ports() const { return ports_; }

 private:
  JobNetwork network_;
  std::unique_ptr<JobNetwork::Member> member_;
  std::vector<PublishedPort> ports_;
};

}  // namespace runtime::network
