// TcpRelay: takes connections of the host and carries them to containers, both ways. Bounded: so
// many connections at a time, the others wait in the kernel; a small buffer for each direction; who
// reads slowly is sent no more.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

class TcpRelay {
 public:
  // `loop` must outlive it, and not turn after its end.
  explicit TcpRelay(EventLoop& loop, size_t most = 1000);
  TcpRelay(const TcpRelay&) = delete;
  TcpRelay& operator=(const TcpRelay&) = delete;

  // `listener`: listening, not blocking. Sockets to `target`, which is `member`'s, are made in the
  // network that this process is in. Throws Error.
  void Serve(unsigned member, base::UniqueFd listener, const IpAddress& target, uint16_t port);
  // Ends all that was for this member.
  void Drop(unsigned member);

 private:
  struct Port {
    unsigned member;
    base::UniqueFd listener;
    SocketAddress target;
  };
  // One side of a connection, and what was read from it and isn't written to the other yet.
  struct Side {
    base::UniqueFd fd;
    std::string pending;
    bool read_end = false;   // nothing more comes
    bool write_end = false;  // told so
    uint32_t events = 0;     // what is waited for
    bool let_go = false;     // nothing is
  };
  struct Connection {
    unsigned member;
    std::array<Side, 2> sides;  // the host's, the container's
    bool connected = false;
  };

  void Accept(const Port& port);
  void Begin(const Port& port, base::UniqueFd host);
  void Carry(uint64_t id, uint32_t events, size_t from);
  // Moves what can be moved; false when the connection is broken.
  bool Move(Side& from, Side& to);
  void Wait(Connection& connection);
  void Close(uint64_t id, bool reset);
  // Whether new connections are taken.
  void Listen(bool listen);

  EventLoop& loop_;
  const size_t most_;
  bool listening_ = true;
  std::list<Port> ports_;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
  uint64_t next_id_ = 0;
  std::array<char, 16384> buffer_;
};

}  // namespace runtime::network::helper
