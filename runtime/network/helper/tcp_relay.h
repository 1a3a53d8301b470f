// TcpRelay: takes connections of the host and carries them to a container, both ways. Bounded: so many
// connections, and a small buffer for each direction; who reads slowly is sent no more.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>

#include "runtime/base/fd.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

class TcpRelay {
 public:
  // `listener`: listening, not blocking. Sockets to `target` are made in the network that this
  // process is in. `loop` must outlive it. Throws Error.
  TcpRelay(EventLoop& loop, base::UniqueFd listener, const IpAddress& target, uint16_t port);
  TcpRelay(const TcpRelay&) = delete;
  TcpRelay& operator=(const TcpRelay&) = delete;
  ~TcpRelay();

 private:
  // One side of a connection, and what was read from it and isn't written to the other yet.
  struct Side {
    base::UniqueFd fd;
    std::array<char, 16384> buffer;
    size_t begin = 0;
    size_t end = 0;
    bool read_end = false;     // nothing more comes
    bool write_end = false;    // told so
    uint32_t events = 0;       // what is waited for
    bool let_go = false;       // nothing is
  };
  struct Connection {
    std::array<Side, 2> sides;  // the host's, the container's
    bool connected = false;
  };

  void Accept();
  void Serve(uint64_t id, uint32_t events, size_t from);
  // Moves what can be moved; false when the connection is over or broken.
  static bool Move(Side& from, Side& to);
  static bool Fill(Side& from);
  static bool Drain(Side& from, Side& to);
  void Wait(Connection& connection);
  void Close(uint64_t id, bool reset);

  EventLoop& loop_;
  base::UniqueFd listener_;
  IpAddress target_;
  uint16_t port_;
  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
  uint64_t next_id_ = 0;
};

}  // namespace runtime::network::helper
