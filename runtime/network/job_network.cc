#include "runtime/network/job_network.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "runtime/base/error.h"
#include "runtime/network/address_plan.h"
#include "runtime/network/dns_message.h"
#include "runtime/network/helper_order.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

const LinkEnd kBridge = {"job", 2};
constexpr uint16_t kDnsPort = 53;
// The largest of a virtual device: nothing here ever meets a wire.
constexpr uint32_t kMtu = 65'520;

// Ports of the bridge are numbered behind it.
int PortIndex(unsigned number) { return static_cast<int>(number) + 100; }

UniqueFd Bound(int type, const IpAddress& address) {
  UniqueFd fd(::socket(address.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const SocketAddress where(address, kDnsPort);
  if (!fd || ::bind(fd.get(), where.get(), where.size) != 0 ||
      (type == SOCK_STREAM && ::listen(fd.get(), 64) != 0)) {
    throw Error::FromErrno("bind the resolver to " + address.ToString());
  }
  return fd;
}

}  // namespace

JobNetwork::JobNetwork(const JobNetworkOptions& options)
    : namespace_(NetworkNamespace::Make()),
      helper_(options.helper, {options.owner}, namespace_.network.get()),
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

void JobNetwork::ServeNames() {
  UniqueFd udp;
  UniqueFd tcp;
  InsideNetwork(namespace_.network.get(), [&] {
    udp = Bound(SOCK_DGRAM, BridgeAddresses(1)[0].address);
    tcp = Bound(SOCK_STREAM, BridgeAddresses(1)[0].address);
  });
  helper_.AwaitStart();
  SendPacket(helper_.socket(), Encode({.kind = HelperOrder::Kind::kServeNames}),
             {udp.get(), tcp.get()});
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

std::unique_ptr<JobNetwork::Member> JobNetwork::Join(const std::vector<std::string>& names) {
  std::unique_ptr<Member> member(new Member(*this, TakeNumber()));
  for (const IpNetwork& network : BridgeAddresses(member->number_)) {
    if (v6_ || !network.address.v6) {
      member->addresses_.push_back(network.address);
    }
  }
  for (const std::string& name : names) {
    SendPacket(helper_.socket(),
               Encode({.kind = HelperOrder::Kind::kAddName,
                       .member = member->number_,
                       .name = name,
                       .addresses = member->addresses_}),
               {});
  }
  return member;
}

void JobNetwork::Connect(unsigned number, pid_t process) {
  base::WithContext("network", [&] {
    const UniqueFd theirs = OpenNetworkNamespace(process);
    const LinkEnd inside = {"eth0", 2};
    {
      const std::lock_guard lock(mutex_);
      links_->AddVeth({"c" + std::to_string(number), PortIndex(number)}, kBridge.index, inside,
                      theirs.get(), kMtu);
    }
    InsideNetwork(theirs.get(), [&] {
      Links links;
      for (const IpNetwork& address : BridgeAddresses(number)) {
        if (v6_ || !address.address.v6) {
          links.AddAddress(inside.index, address);
        }
      }
      links.Raise(inside.index);
    });
  });
}

void JobNetwork::Leave(unsigned number) noexcept {
  const std::lock_guard lock(mutex_);
  numbers_.erase(number);
  try {
    SendPacket(helper_.socket(), Encode({.kind = HelperOrder::Kind::kDropMember, .member = number}),
               {});
  } catch (const Error&) {
    // Without a helper nobody answers for the name either.
  }
}

JobNetwork::Member::~Member() { network_.Leave(number_); }

void JobNetwork::Member::PutInto(container::ContainerSpec& spec) {
  spec.configure_network = [this](pid_t process) { network_.Connect(number_, process); };
  spec.resolv_conf = "nameserver " + BridgeAddresses(1)[0].address.ToString() + "\n";
  spec.hosts.clear();
  for (const IpAddress& address : addresses_) {
    spec.hosts += address.ToString() + "\t" + spec.hostname + "\n";
  }
}

}  // namespace runtime::network
