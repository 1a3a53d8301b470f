// runner-network: the process that serves one job's network, inside of its network namespace. It
// answers questions for names and carries what comes to published ports. What it reads comes from
// containers and from the host's network, so it has nothing to lose: no capability, a user that
// nobody is, and its socket to the runner, whose end is its own.
//
// With the word kGuardWayOut it is the guard of the job's way out instead (way_out_guard.h).
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <list>
#include <optional>
#include <utility>

#include "runtime/network/address_plan.h"
#include "runtime/network/helper/dns_forwarder.h"
#include "runtime/network/helper/dns_server.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/helper/name_table.h"
#include "runtime/network/helper/tcp_relay.h"
#include "runtime/network/helper/udp_relay.h"
#include "runtime/network/helper/way_out_guard.h"
#include "runtime/network/helper_order.h"

namespace runtime::network::helper {
namespace {

class Service {
 public:
  Service() {
    loop_.Add(kHelperControl, EPOLLIN, [this](uint32_t) { TakeOrder(); });
    SendPacket(kHelperControl, kHelperStarted, {});
  }

  // Until the runner's end of the socket is gone.
  void Run() {
    while (!ended_) {
      loop_.Turn();
    }
  }

 private:
  void TakeOrder() {
    std::optional<Packet> packet = ReceivePacket(kHelperControl);
    const std::optional<HelperOrder> order =
        packet ? DecodeHelperOrder(packet->text) : std::nullopt;
    if (!order) {
      ended_ = true;
      return;
    }
    switch (order->kind) {
      case HelperOrder::Kind::kServeNames:
        Serve(*packet, nullptr);
        break;
      case HelperOrder::Kind::kServeAll:
        forwarders_.emplace_back(loop_, Upstreams(*order, packet->descriptors));
        Serve(*packet, &forwarders_.back());
        break;
      case HelperOrder::Kind::kAddName:
        names_.Add(order->member, order->name, order->addresses);
        break;
      case HelperOrder::Kind::kPinName:
        names_.Pin(order->member, order->name, order->addresses);
        break;
      case HelperOrder::Kind::kRestrict:
        names_.Restrict(order->member);
        break;
      case HelperOrder::Kind::kRelayTcp:
        tcp_relay_.Serve(order->member, std::move(packet->descriptors.at(0)),
                         order->addresses.at(0), order->port);
        break;
      case HelperOrder::Kind::kRelayUdp:
        udp_relay_.Serve(order->member, std::move(packet->descriptors.at(0)),
                         order->addresses.at(0), order->port);
        break;
      case HelperOrder::Kind::kDropMember:
        names_.DropMember(order->member);
        tcp_relay_.Drop(order->member);
        udp_relay_.Drop(order->member);
        break;
    }
  }

  static std::vector<Upstream> Upstreams(const HelperOrder& order,
                                         std::vector<base::UniqueFd>& descriptors) {
    std::vector<Upstream> upstreams;
    size_t next = 2;
    for (const IpAddress& address : order.addresses) {
      Upstream& upstream = upstreams.emplace_back();
      upstream.address = address;
      for (size_t i = 0; i < kUpstreamDatagrams; ++i) {
        upstream.datagrams.push_back(std::move(descriptors.at(next++)));
      }
      for (size_t i = 0; i < kUpstreamConnections; ++i) {
        upstream.connections.push_back(std::move(descriptors.at(next++)));
      }
    }
    return upstreams;
  }

  // Without a forwarder, names that aren't known here don't exist.
  void Serve(Packet& packet, DnsForwarder* forwarder) {
    servers_.emplace_back(
        loop_, std::move(packet.descriptors.at(0)), std::move(packet.descriptors.at(1)),
        [this, forwarder](const IpAddress& from, const DnsQuery& query,
                          const DnsServer::Reply& reply) {
          const unsigned asker = UplinkMember(from);
          const auto addresses = names_.Find(asker, query.name);
          if (addresses) {
            reply(DnsAnswer(query, *addresses));
          } else if (forwarder == nullptr || asker == 0 || names_.IsRestricted(asker)) {
            reply(DnsRefusal(query, DnsCode::kNoSuchName));
          } else {
            forwarder->Ask(query, reply);
          }
        });
  }

  EventLoop loop_;
  NameTable names_;
  std::list<DnsForwarder> forwarders_;
  std::list<DnsServer> servers_;
  TcpRelay tcp_relay_{loop_};
  UdpRelay udp_relay_{loop_};
  bool ended_ = false;
};

// Every connection that is carried has two.
void AllowDescriptors() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace
}  // namespace runtime::network::helper

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  // It was executed by a descriptor: by that number kernels before 6.14 call it (execveat(2)).
  ::prctl(PR_SET_NAME, runtime::network::kHelperName);
  try {
    if (argc > 3 && std::strcmp(argv[1], runtime::network::kGuardWayOut) == 0) {
      runtime::network::helper::GuardWayOut(argv + 3);
    } else {
      ::prctl(PR_SET_DUMPABLE, 0);
      runtime::network::helper::AllowDescriptors();
      runtime::network::helper::Service().Run();
    }
  } catch (const std::exception&) {
    // Nobody reads what it says; that it ended is what the runner sees.
  }
  ::_exit(0);
}
