// ScriptedServer: an HTTP server of raw bytes on a free loopback port, for answers that no honest
// server gives.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/base/fd.h"
#include "tests/support/tls_identity.h"

namespace tests {

struct ReceivedRequest {
  std::string method;
  std::string target;
  std::string head;  // everything up to the blank line
  std::string body;  // by Content-Length
  // First header of that name, case-insensitive; empty when there is none.
  std::string Header(std::string_view name) const;
};

struct ScriptedAnswer {
  std::string bytes;    // sent as they are; then the connection is closed
  std::string endless;  // after `bytes`, repeated until the client leaves
  bool stall = false;   // after `bytes`, nothing more until the client leaves
  bool cut = false;     // at the end: without TLS's own good-bye
};

// "HTTP/1.1 STATUS X" with Content-Length, `headers` ("A: b\r\n" each), and the body.
ScriptedAnswer Answer(int status, std::string_view body = "", std::string_view headers = "");

// The handler runs on a thread per connection; calls don't overlap. One request a connection.
// The destructor cuts what is open and waits for the threads.
class ScriptedServer {
 public:
  using Handler = std::function<ScriptedAnswer(const ReceivedRequest&)>;
  // With `identity`, speaks TLS; it must live longer.
  explicit ScriptedServer(Handler handler, const TlsIdentity* identity = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(std::string_view target) const;
  std::vector<ReceivedRequest> requests() const;
  // How often `method` was asked for targets that contain `part`.
  int Count(std::string_view method, std::string_view part) const;

 private:
  struct Peer;
  void AcceptLoop();
  void Serve(Peer& peer);

  Handler handler_;
  const TlsIdentity* identity_;
  runtime::base::UniqueFd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;  // the four below
  bool stopping_ = false;
  std::vector<ReceivedRequest> requests_;
  std::list<runtime::base::UniqueFd> sockets_;
  std::vector<std::thread> threads_;
  std::mutex handler_mutex_;
  std::thread acceptor_;
};

}  // namespace tests
