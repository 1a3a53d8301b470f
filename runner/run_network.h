// RunNetwork: the network that the steps of one run share, made when the first of them asks.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "pipeline/step_backend.h"
#include "runtime/container/container_spec.h"
#include "runtime/network/job_network.h"

namespace runner {

// Thread-safe.
class RunNetwork {
 public:
  using Member = runtime::network::JobNetwork::Member;

  explicit RunNetwork(std::string run_id) : run_id_(std::move(run_id)) {}

  // Gives the step's container its network. What it answers is to outlive the container; nothing
  // for a step that shares none. Throws Error.
  std::unique_ptr<Member> Join(const pipeline::CommandRequest& request,
                               runtime::container::ContainerSpec& spec);

 private:
  runtime::network::JobNetwork& Network();

  std::string run_id_;
  std::mutex mutex_;  // guards network_
  std::unique_ptr<runtime::network::JobNetwork> network_;
};

}  // namespace runner
