// UdpRelay: carries datagrams between the host and a container. Each asker has a socket of its own to
// the container until it has been silent for a while, so that answers find it. Bounded.
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

class UdpRelay {
 public:
  // `socket`: bound, not blocking, told of the address that each datagram came to (IP_PKTINFO).
  // Sockets to `target` are made in the network that this process is in. `loop` must outlive it.
  // Throws Error.
  UdpRelay(EventLoop& loop, base::UniqueFd socket, const IpAddress& target, uint16_t port);
  UdpRelay(const UdpRelay&) = delete;
  UdpRelay& operator=(const UdpRelay&) = delete;
  ~UdpRelay();

 private:
  // What an answer needs of a question: who asked, and at which of the host's addresses.
  struct Envelope {
    sockaddr_storage asker{};
    socklen_t asker_size = 0;
    std::string control;  // as recvmsg(2) gave it
  };
  struct Conversation {
    Envelope envelope;
    base::UniqueFd fd;
    int64_t last_ms = 0;
  };
  using Place = std::list<Conversation>::iterator;

  void TakeQuestions();
  void TakeAnswers(Place place);
  // The conversation of that asker, which may be a new one, or none when there can't be.
  Place ConversationWith(const Envelope& envelope);
  void End(Place place);
  bool EndSilent();

  EventLoop& loop_;
  base::UniqueFd socket_;
  IpAddress target_;
  uint16_t port_;
  std::list<Conversation> conversations_;  // the one that has been silent longest comes first
  std::map<std::string, Place> by_asker_;
  int ticker_ = 0;
};

}  // namespace runtime::network::helper
