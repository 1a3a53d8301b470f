#include "runtime/network/own_network.h"

#include <algorithm>

namespace runtime::network {

OwnNetwork::OwnNetwork(const NetworkRequest& request, const std::filesystem::path& helper,
                       const std::string& owner, const std::vector<PublishedPort>& before)
    : network_(JobNetworkOptions{.helper = helper, .owner = owner}) {
  if (request.way_out) {
    network_.OpenWayOut({.allowed = request.allowed, .nameservers = request.nameservers});
  }
  member_ = network_.Join({.names = request.names, .way_out = request.way_out});
  for (const PublishedPort& port : request.ports) {
    const auto had = std::find_if(before.begin(), before.end(), [&](const PublishedPort& other) {
      return other.IsAnswerTo(port);
    });
    ports_.push_back(member_->Publish(port, had == before.end() ? uint16_t{0} : had->host_port));
  }
}

}  // namespace runtime::network
