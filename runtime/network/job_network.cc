#include "runtime/network/job_network.h"

#include "runtime/base/error.h"
#include "runtime/network/address_plan.h"
#include "runtime/network/dns_message.h"
#include "runtime/network/dns_sockets.h"
#include "runtime/network/port_socket.h"
#include "runtime/network/program.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

const LinkEnd kBridge = {kBridgeName, 2};
const LinkEnd kInside = {"eth0", 2};
const LinkEnd kInsideUplink = {"eth1", 3};
// The largest of a virtual device: nothing here ever meets a wire.
constexpr uint32_t kMtu = 65'520;

// The devices of members in the job's namespace are numbered from here on; that of the way out has
// a number of the kernel's choice, below.
constexpr int kFirstPort = 10'000;
constexpr int kFirstUplink = 20'000;

IpNetwork Alone(const IpAddress& address) { return {address, address.bits()}; }

// What an IPv6 router is reached by, on every uplink.
const IpAddress& LinkLocalGateway() {
  static const IpAddress address = *IpAddress::Parse("fe80::1");
  return address;
}

}  // namespace

JobNetwork::JobNetwork(const JobNetworkOptions& options)
    : program_(options.helper),
      owner_(options.owner),
      namespace_(NetworkNamespace::Make()),
      helper_({.program = options.helper,
               .arguments = {options.owner},
               .network = namespace_.network.get(),
               .descriptors = {}}),
      next_number_(kFirstMember) {
  base::WithContext("make the job's network", [&] {
    MakeBridge();
    ServeNames();
  });
}

JobNetwork::~JobNetwork() = default;

void JobNetwork::MakeBridge() {
  InsideNetwork(namespace_.network.get(), [&] {
    links_ = std::make_unique<Links>();
    links_->Raise(kLoopback);
    links_->AddBridge(kBridge, kMtu);
    const std::vector<IpNetwork> addresses = BridgeAddresses(1);
    links_->AddAddress(kBridge.index, addresses[0]);
    v6_ = links_->AddAddress(kBridge.index, addresses[1]);
  });
}

void JobNetwork::Tell(const HelperOrder& order, const std::vector<int>& descriptors) {
  SendPacket(helper_.socket(), Encode(order), descriptors);
}

void JobNetwork::ServeNames() {
  const DnsSockets sockets =
      BindDnsSockets(namespace_.network.get(), BridgeAddresses(1)[0].address);
  helper_.AwaitStart();
  Tell({.kind = HelperOrder::Kind::kServeNames}, {sockets.udp.get(), sockets.tcp.get()});
}

void JobNetwork::ServeAllNames(std::vector<IpAddress> nameservers) {
  const DnsSockets sockets =
      BindDnsSockets(namespace_.network.get(), UplinkAddresses(1)[0].address);
  std::vector<int> descriptors = {sockets.udp.get(), sockets.tcp.get()};
  const std::vector<UniqueFd> upstream = MakeUpstreamSockets(nameservers);
  for (const UniqueFd& fd : upstream) {
    descriptors.push_back(fd.get());
  }
  Tell({.kind = HelperOrder::Kind::kServeAll, .addresses = nameservers}, descriptors);
}

void JobNetwork::OpenWayOut(const WayOutOptions& options) {
  const std::lock_guard lock(way_out_mutex_);
  if (way_out_ != nullptr) {
    return;
  }
  base::WithContext("network: way out", [&] {
    const std::filesystem::path nft = FindProgram("nft", "nftables");
    const HostNetwork host = HostNetwork::Read();
    auto way_out = std::make_unique<WayOut>(program_, owner_, namespace_, host);
    RunInside(namespace_.network.get(), {nft, "-f", "-"},
              WayOutRules(options.allowed, host.addresses));
    way_out->Await();
    out_v4_ = host.v4;
    out_v6_ = host.v6 && v6_;
    InsideNetwork(namespace_.network.get(), [&] {
      const std::lock_guard links_lock(mutex_);
      links_->AddAddress(kLoopback, Alone(UplinkAddresses(1)[0].address));
      // Not before the rules are there. Then no router on a link is believed any more, either.
      ForwardPackets(v6_);
      if (out_v6_) {
        const int out = FindLink(kOutName);
        links_->AddAddress(out, WayOutAddress6());
        links_->AddDefaultRoute(out, WayOutRouter6());
      }
    });
    ServeAllNames(options.nameservers.empty() ? host.nameservers : options.nameservers);
    way_out_ = std::move(way_out);
  });
}

unsigned JobNetwork::TakeNumber() {
  const std::lock_guard lock(mutex_);
  if (numbers_.size() > kLastMember - kFirstMember) {
    throw Error(ErrorKind::kUsage, "a job's network takes at most " +
                                       std::to_string(kLastMember - kFirstMember + 1) +
                                       " containers at once");
  }
  // Round and round: the last bearer's device may still be on its way out.
  while (numbers_.contains(next_number_)) {
    next_number_ = next_number_ == kLastMember ? kFirstMember : next_number_ + 1;
  }
  const unsigned number = next_number_;
  next_number_ = number == kLastMember ? kFirstMember : number + 1;
  numbers_.insert(number);
  return number;
}

std::unique_ptr<JobNetwork::Member> JobNetwork::Join(const JoinOptions& options) {
  std::unique_ptr<Member> member(new Member(*this, TakeNumber()));
  for (const IpNetwork& network : BridgeAddresses(member->number_)) {
    if (v6_ || !network.address.v6) {
      member->addresses_.push_back(network.address);
    }
  }
  for (const std::string& name : options.names) {
    Tell({.kind = HelperOrder::Kind::kAddName,
          .member = member->number_,
          .name = name,
          .addresses = member->addresses_});
  }
  if (options.way_out) {
    // A name that no other had before: rules for it are never about another container.
    member->uplink_ = kUplinkPrefix + std::to_string(next_uplink_++);
  }
  if (options.way_out && options.egress) {
    RunInside(namespace_.network.get(), {FindProgram("nft", "nftables"), "-f", "-"},
              EgressRules(member->uplink_, *options.egress));
    TellEgress(member->number_, *options.egress);
  }
  return member;
}

// Names are answered with the addresses that are open, whatever a nameserver says by now.
void JobNetwork::TellEgress(unsigned number, const std::vector<EgressTarget>& targets) {
  Tell({.kind = HelperOrder::Kind::kRestrict, .member = number});
  for (const EgressTarget& target : targets) {
    if (target.name.empty()) {
      continue;
    }
    HelperOrder order = {
        .kind = HelperOrder::Kind::kPinName, .member = number, .name = target.name};
    for (const IpNetwork& network : target.networks) {
      order.addresses.push_back(network.address);
    }
    Tell(order);
  }
}

void JobNetwork::Connect(const Member& member, pid_t process) {
  base::WithContext("network", [&] {
    const UniqueFd theirs = OpenNetworkNamespace(process);
    {
      const std::lock_guard lock(mutex_);
      const auto number = static_cast<int>(member.number_);
      // The kernel may still be busy with the end of this member's last container.
      links_->Remove(kFirstPort + number);
      links_->Remove(kFirstUplink + number);
      links_->AddVeth({"c" + std::to_string(number), kFirstPort + number}, kBridge.index, kInside,
                      theirs.get(), kMtu);
      if (!member.uplink_.empty()) {
        AddUplink({member.uplink_, kFirstUplink + number}, UplinkAddresses(member.number_),
                  theirs.get());
      }
    }
    InsideNetwork(theirs.get(), [&] {
      Links links;
      for (const IpNetwork& address : BridgeAddresses(member.number_)) {
        if (v6_ || !address.address.v6) {
          links.AddAddress(kInside.index, address);
        }
      }
      links.Raise(kInside.index);
      if (!member.uplink_.empty()) {
        RouteThroughUplink(links, UplinkAddresses(member.number_));
      }
    });
  });
}

void JobNetwork::AddUplink(const LinkEnd& ours, const std::vector<IpNetwork>& addresses,
                           int their_network) {
  links_->AddVeth(ours, 0, kInsideUplink, their_network, kMtu);
  links_->AddRoute(ours.index, Alone(addresses[0].address));
  if (out_v6_) {
    links_->AddAddress(ours.index, {LinkLocalGateway(), 64});
    links_->AddRoute(ours.index, Alone(addresses[1].address));
  }
}

void JobNetwork::RouteThroughUplink(Links& theirs, const std::vector<IpNetwork>& addresses) const {
  const int device = kInsideUplink.index;
  const IpAddress gateway = UplinkAddresses(1)[0].address;
  theirs.AddAddress(device, Alone(addresses[0].address));
  theirs.Raise(device);
  // The resolver is there too, so also where the host has no IPv4.
  theirs.AddRoute(device, Alone(gateway));
  if (out_v4_) {
    theirs.AddDefaultRoute(device, gateway);
  }
  if (out_v6_) {
    theirs.AddAddress(device, Alone(addresses[1].address));
    theirs.AddDefaultRoute(device, LinkLocalGateway());
  }
}

void JobNetwork::Leave(unsigned number) noexcept {
  const std::lock_guard lock(mutex_);
  numbers_.erase(number);
  try {
    Tell({.kind = HelperOrder::Kind::kDropMember, .member = number});
  } catch (const Error&) {
    // Without a helper nobody answers for the name either.
  }
}

JobNetwork::Member::~Member() { network_.Leave(number_); }

PublishedPort JobNetwork::Member::Publish(PublishedPort port, uint16_t rather) const {
  const UniqueFd socket = BindPublishedPort(port, rather);
  network_.Tell({.kind = port.udp ? HelperOrder::Kind::kRelayUdp : HelperOrder::Kind::kRelayTcp,
                 .member = number_,
                 .port = port.port,
                 .addresses = {addresses_.front()}},
                {socket.get()});
  return port;
}

void JobNetwork::Member::PutInto(container::ContainerSpec& spec) const {
  spec.configure_network = [this](pid_t process) { network_.Connect(*this, process); };
  const IpNetwork resolver = uplink_.empty() ? BridgeAddresses(1)[0] : UplinkAddresses(1)[0];
  spec.resolv_conf = "nameserver " + resolver.address.ToString() + "\n";
  std::string hosts;
  for (const IpAddress& address : addresses_) {
    hosts += address.ToString() + "\t" + spec.hostname + "\n";
  }
  spec.hosts.insert(0, hosts);
}

}  // namespace runtime::network
