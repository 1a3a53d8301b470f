// UdpRelay: carries datagrams between the host and containers. Each asker has a socket of its own
// to the container until it has been silent for a while, so that answers find it. Bounded: so many
// conversations at a time, the longest silent of them ends for a new one.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "runtime/base/fd.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

class UdpRelay {
 public:
  // `loop` must outlive it, and not turn after its end.
  explicit UdpRelay(EventLoop& loop, size_t most = 1000);
  UdpRelay(const UdpRelay&) = delete;
  UdpRelay& operator=(const UdpRelay&) = delete;

  // `socket`: bound, not blocking, told of the address that each datagram came to (IP_PKTINFO).
  // Sockets to `target`, which is `member`'s, are made in the network that this process is in.
  // Throws Error.
  void Serve(unsigned member, base::UniqueFd socket, const IpAddress& target, uint16_t port);
  // Ends all that was for this member.
  void Drop(unsigned member);

 private:
  struct Port {
    unsigned member;
    base::UniqueFd socket;
    SocketAddress target;
  };
  // What an answer needs of a question: who asked, and at which of the host's addresses.
  struct Envelope {
    sockaddr_storage asker{};
    socklen_t asker_size = 0;
    std::string control;  // as recvmsg(2) gave it
  };
  struct Conversation {
    const Port* port = nullptr;
    Envelope envelope;
    base::UniqueFd fd;
    int64_t last_ms = 0;
  };
  using Place = std::list<Conversation>::iterator;
  using Key = std::pair<const Port*, std::string>;  // the asker's address

  static Key KeyOf(const Port& port, const Envelope& envelope);
  void TakeQuestions(const Port& port);
  void TakeAnswers(Place place);
  // The conversation with that asker, which may be a new one, or none when there can't be.
  Place ConversationWith(const Port& port, Envelope envelope);
  Place Begin(const Port& port);
  void End(Place place);
  bool EndSilent();

  EventLoop& loop_;
  const size_t most_;
  std::list<Port> ports_;
  std::list<Conversation> conversations_;  // the one that has been silent longest comes first
  std::map<Key, Place> by_asker_;
  std::string buffer_;  // once there is a port
};

}  // namespace runtime::network::helper
