// DnsForwarder: asks the host's nameservers what isn't known here. The question is written anew,
// the answer is checked to be one to it. Bounded: so many questions at a time, for so long.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/network/dns_message.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

// A nameserver, and sockets of the network that it is reached from: they are used again and again,
// with a new port each time.
struct Upstream {
  IpAddress address;
  std::vector<base::UniqueFd> datagrams;
  std::vector<base::UniqueFd> connections;
};

class DnsForwarder {
 public:
  using Reply = std::function<void(std::string answer)>;

  // Sockets that don't block. `loop` must outlive it. `port`: of the nameservers.
  DnsForwarder(EventLoop& loop, std::vector<Upstream> upstreams, uint16_t port = 53);
  DnsForwarder(const DnsForwarder&) = delete;
  DnsForwarder& operator=(const DnsForwarder&) = delete;

  // Calls `reply` once: with the answer, or one that says that there was none.
  void Ask(const DnsQuery& query, Reply reply);

 private:
  struct Question {
    DnsQuery query;
    Reply reply;
    uint16_t id = 0;
    unsigned attempt = 0;     // the nameservers take turns
    base::UniqueFd fd;        // borrowed from the nameserver's
    bool connected = false;   // over TCP
    std::string out;          // what is still to be sent
    std::string in;           // what came
    std::string second_best;  // an answer to give when nobody has a better one
    int64_t deadline_ms = 0;
  };
  using Place = std::list<Question>::iterator;

  Upstream& UpstreamOf(const Question& question);
  // Asks the nameserver whose turn it is, or the next one that can be asked.
  void Begin(Question question);
  bool Send(Question& question);
  bool Connect(Question& question, std::vector<base::UniqueFd>& sockets);
  void TakeDatagram(Place place);
  void ContinueConnection(Place place);
  void BeginConnection(Place place);
  void TryNext(Place place);
  void Finish(Place place, std::string answer);
  // Gives the socket back. The question is in no list any more.
  Question TakeOut(Place place);
  void BeginWaiting();
  bool EndLate();

  EventLoop& loop_;
  std::vector<Upstream> upstreams_;
  uint16_t port_;
  std::list<Question> active_;
  std::deque<Question> waiting_;
};

}  // namespace runtime::network::helper
