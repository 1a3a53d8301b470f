// HttpServer: the listening side. HTTP/1.1 over TCP or a Unix socket, for strangers.
//
// One I/O thread holds all connections; a small pool runs the handler, so a slow handler never
// keeps the others from being read. Bounds on everything: the head, the body, all bodies together,
// the time of a request, the number of connections. When connections are used up, the one that has
// kept its request to itself for longest is closed, never the newcomer, so idle strangers lock
// nobody out. What can't be read by the one strict rule (http_head.h) is answered once and closed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "runner/serve/http_head.h"
#include "runner/serve/http_message.h"
#include "runner/serve/listen_address.h"

namespace runner::serve {

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // Before a body is read: a reply here turns the request away and closes the connection. Called in
  // the I/O thread with the head only; must be quick.
  virtual std::optional<HttpReply> Screen(const HttpCall& call) = 0;

  // Called in a pool's thread, several at once. What it throws is answered with 500.
  virtual HttpReply Handle(const HttpCall& call) = 0;
};

struct HttpServerOptions {
  HeadLimits head;
  uint64_t body_bytes = 26u << 20;         // GitHub's payloads end at 25 MB
  uint64_t all_bodies_bytes = 128u << 20;  // held in memory at once; more is answered with 503
  std::chrono::milliseconds request_deadline{10'000};  // first byte to the body's end
  std::chrono::milliseconds idle_deadline{60'000};     // for the next request's first byte
  std::chrono::milliseconds write_deadline{30'000};
  size_t connections = 2'000;        // at most half of the process's descriptors
  size_t connections_per_peer = 64;  // of one IP address
  bool loopback_is_a_proxy = true;   // 127.0.0.1 and ::1 stand for many: no bound per peer
  size_t handler_threads = 4;
};

class HttpServer {
 public:
  // Serves a socket of Listen() from now on. `handler` must outlive the server. Throws Error.
  HttpServer(runtime::base::UniqueFd listener, HttpHandler& handler, HttpServerOptions options);
  // Closes the listener and idle connections, lets requests that are being handled finish.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "127.0.0.1:40001" or "unix:/path".
  const std::string& address() const { return address_; }

 private:
  class Core;
  std::string address_;
  std::unique_ptr<Core> core_;
};

}  // namespace runner::serve
