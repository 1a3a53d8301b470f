// runner-network: the process that serves one job's network, inside of its network namespace. It
// answers questions for names. What it reads comes from containers, so it has nothing to lose: no
// capability, a user that nobody is, and its socket to the runner, whose end is its own.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <list>
#include <optional>
#include <utility>

#include "runtime/network/helper/dns_server.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/helper/name_table.h"
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
        servers_.emplace_back(
            loop_, std::move(packet->descriptors.at(0)), std::move(packet->descriptors.at(1)),
            [this](const DnsQuery& query, const DnsServer::Reply& reply) { Answer(query, reply); });
        break;
      case HelperOrder::Kind::kAddName:
        names_.Add(order->member, order->name, order->addresses);
        break;
      case HelperOrder::Kind::kDropMember:
        names_.DropMember(order->member);
        break;
    }
  }

  void Answer(const DnsQuery& query, const DnsServer::Reply& reply) {
    const std::optional<std::vector<IpAddress>> addresses = names_.Find(query.name);
    reply(addresses ? DnsAnswer(query, *addresses) : DnsRefusal(query, DnsCode::kNoSuchName));
  }

  EventLoop loop_;
  NameTable names_;
  std::list<DnsServer> servers_;
  bool ended_ = false;
};

}  // namespace
}  // namespace runtime::network::helper

int main() {
  ::prctl(PR_SET_DUMPABLE, 0);
  ::signal(SIGPIPE, SIG_IGN);
  try {
    runtime::network::helper::Service().Run();
  } catch (const std::exception&) {
    // Nobody reads what it says; that it ended is what the runner sees.
  }
  ::_exit(0);
}
