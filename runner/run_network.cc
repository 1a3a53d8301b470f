#include "runner/run_network.h"

#include "runner/program_files.h"

namespace runner {

runtime::network::JobNetwork& RunNetwork::Network() {
  const std::lock_guard lock(mutex_);
  if (network_ == nullptr) {
    network_ = std::make_unique<runtime::network::JobNetwork>(runtime::network::JobNetworkOptions{
        .helper = HelperProgram("runner-network"), .owner = run_id_});
  }
  return *network_;
}

std::unique_ptr<RunNetwork::Member> RunNetwork::Join(const pipeline::CommandRequest& request,
                                                     runtime::container::ContainerSpec& spec) {
  switch (request.action->network) {
    case pipeline::Network::kNone:
      return nullptr;
    case pipeline::Network::kFull:
      spec.network = runtime::container::Network::kHost;
      return nullptr;
    case pipeline::Network::kJob:
      break;
  }
  std::unique_ptr<Member> member = Network().Join({request.step});
  member->PutInto(spec);
  return member;
}

}  // namespace runner
