// DnsServer: takes questions from containers, over UDP and TCP (RFC 7766), and hands each to
// whoever knows. Bounded: so many connections, one question at a time on each, and none that idles.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/network/dns_message.h"
#include "runtime/network/helper/event_loop.h"

namespace runtime::network::helper {

class DnsServer {
 public:
  // To be called once, now or later, also when the asker is gone by then.
  using Reply = std::function<void(std::string answer)>;
  using Answerer =
      std::function<void(const IpAddress& from, const DnsQuery& query, const Reply& reply)>;

  // A UDP socket and a listening one, neither blocking. `loop` must outlive it. Throws Error.
  DnsServer(EventLoop& loop, base::UniqueFd udp, base::UniqueFd tcp, Answerer answerer);
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

 private:
  struct Connection {
    base::UniqueFd fd;
    IpAddress from;
    std::string in;      // what came and isn't answered yet
    std::string out;     // what is to be sent
    bool asked = false;  // the answer is under way
    bool ended = false;  // nothing more comes
    int64_t deadline_ms = 0;
  };

  void TakeDatagrams();
  void TakeConnection();
  void Serve(uint64_t id, uint32_t events);
  // False when the connection is broken.
  static bool Read(Connection& connection);
  bool Write(Connection& connection);
  // The next question that is whole; closes the connection when there can't be one.
  void AskNext(uint64_t id, Connection& connection);
  void Answer(uint64_t id, const std::string& answer);
  void Close(uint64_t id);
  bool CloseIdle();

  EventLoop& loop_;
  base::UniqueFd udp_;
  base::UniqueFd tcp_;
  Answerer answerer_;
  std::map<uint64_t, Connection> connections_;
  uint64_t next_id_ = 0;
};

}  // namespace runtime::network::helper
