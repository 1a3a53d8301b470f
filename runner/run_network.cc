#include "runner/run_network.h"

#include <exception>
#include <system_error>

#include "runner/program_files.h"
#include "runtime/base/resolve.h"

namespace runner {
namespace network = runtime::network;
using pipeline::Network;
using runtime::base::Error;
namespace {

// A name stands for the addresses that it has now, for as long as the step runs.
network::EgressTarget Resolved(const pipeline::EgressTarget& target, const std::stop_token& stop) {
  network::EgressTarget resolved;
  resolved.port = target.port;
  if (const auto address = network::IpAddress::Parse(target.host)) {
    resolved.networks.push_back({*address, address->bits()});
    return resolved;
  }
  resolved.name = target.host;
  const runtime::base::Addresses list = runtime::base::WithContext(
      "egress", [&] { return runtime::base::Resolve(target.host, target.port, stop); });
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    if (const auto address = network::IpAddress::From(*entry->ai_addr)) {
      resolved.networks.push_back({*address, address->bits()});
    }
  }
  return resolved;
}

}  // namespace

std::unique_ptr<network::JobNetwork> RunNetwork::Make() const {
  return std::make_unique<network::JobNetwork>(network::JobNetworkOptions{
      .helper = HelperProgram(runtime::network::kHelperName), .owner = run_id_});
}

void RunNetwork::Prepare() {
  const auto make = [this]() -> std::unique_ptr<network::JobNetwork> {
    try {
      std::unique_ptr<network::JobNetwork> made = Make();
      made->OpenWayOut({.allowed = allowed_, .nameservers = {}});
      return made;
    } catch (const std::exception&) {
      return nullptr;  // Who asks for one tries again, and is told why not.
    }
  };
  const std::lock_guard lock(mutex_);
  try {
    spare_ = std::async(std::launch::async, make);
  } catch (const std::system_error&) {
    // No thread to be had: then nothing is made ahead.
  }
}

network::JobNetwork& RunNetwork::NetworkOf(const std::string& job) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<network::JobNetwork>& network = networks_[job];
  if (network == nullptr && spare_.valid()) {
    network = spare_.get();
  }
  if (network == nullptr) {
    network = Make();
  }
  return *network;
}

std::unique_ptr<network::JobNetwork> RunNetwork::End(const std::string& job) {
  const std::lock_guard lock(mutex_);
  const auto found = networks_.find(job);
  if (found == networks_.end()) {
    return nullptr;
  }
  std::unique_ptr<network::JobNetwork> ended = std::move(found->second);
  networks_.erase(found);
  return ended;
}

void RunNetwork::Finish() {
  const std::lock_guard lock(mutex_);
  if (spare_.valid()) {
    spare_.get();
  }
}

void RunNetwork::OpenWayOut(const std::string& job) {
  network::JobNetwork& network = NetworkOf(job);
  const std::lock_guard lock(mutex_);
  if (no_way_out_) {
    throw *no_way_out_;
  }
  try {
    network.OpenWayOut({.allowed = allowed_, .nameservers = {}});
  } catch (const Error& e) {
    no_way_out_ = e;
    throw;
  }
}

std::unique_ptr<RunNetwork::Member> RunNetwork::JoinByName(const pipeline::CommandRequest& request,
                                                           pipeline::Network kind,
                                                           const std::stop_token& stop) {
  if (kind == Network::kNone) {
    return nullptr;
  }
  network::JoinOptions options = {.names = {request.step}, .way_out = kind == Network::kFull};
  if (options.way_out) {
    OpenWayOut(request.job);
  }
  if (options.way_out && request.action->egress) {
    options.egress.emplace();
    for (const pipeline::EgressTarget& target : *request.action->egress) {
      options.egress->push_back(Resolved(target, stop));
    }
  }
  return NetworkOf(request.job).Join(options);
}

void RunNetwork::SayOnce(pipeline::StepLog& log, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (!said_) {
    said_ = true;
    log.Line(pipeline::Stream::kRunner, text);
  }
}

std::unique_ptr<RunNetwork::Member> RunNetwork::Join(const pipeline::CommandRequest& request,
                                                     pipeline::StepLog& log, std::stop_token stop,
                                                     runtime::container::ContainerSpec& spec) {
  const std::optional<pipeline::Network>& asked = request.action->network;
  const bool by_name = asked || request.action->egress;
  std::unique_ptr<Member> member;
  if (by_name) {
    member = JoinByName(request, asked.value_or(Network::kFull), stop);
  } else {
    for (const pipeline::Network kind : {Network::kFull, Network::kJob}) {
      try {
        member = JoinByName(request, kind, stop);
        break;
      } catch (const Error& e) {
        SayOnce(log, std::string(e.what()) +
                         "; steps that don't say `network` go without (see: "
                         "runner doctor)");
      }
    }
  }
  if (member != nullptr) {
    member->PutInto(spec);
  }
  return member;
}

std::unique_ptr<RunNetwork::Member> RunNetwork::JoinService(
    const std::string& job, const std::vector<std::string>& names,
    runtime::container::ContainerSpec& spec) {
  std::unique_ptr<Member> member =
      runtime::base::WithContext("services need a network of the run's own (see: runner doctor)",
                                 [&] { return NetworkOf(job).Join({.names = names}); });
  member->PutInto(spec);
  return member;
}

}  // namespace runner
