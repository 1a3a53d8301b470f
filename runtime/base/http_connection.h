// HttpConnection: one TCP connection to an HTTP server, with TLS for https, whose every wait has a
// bound.
#pragma once

#include <openssl/types.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/base/http.h"
#include "runtime/base/stop.h"

namespace runtime::base {

// The certificates that https servers are checked against: the host's (openssl's default paths, or
// SSL_CERT_FILE and SSL_CERT_DIR of the environment). Several connections and threads share one.
class TlsContext {
 public:
  TlsContext();
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  SSL_CTX* get() const { return context_; }

 private:
  SSL_CTX* context_;
};

// One thread at a time. Everything throws Error as HttpTransport says, with a message that names
// host and port.
class HttpConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Bounds {
    std::chrono::milliseconds connect;
    std::chrono::milliseconds idle;
    std::optional<Time> deadline;  // of the whole exchange
    std::stop_token stop = {};
    std::function<bool(const sockaddr& address)> may_reach = {};
  };

  // Connects. `tls` is needed for https only and must live longer.
  HttpConnection(const Url& url, const Bounds& bounds, const TlsContext* tls);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Up to `size` bytes, at least one; 0 when the other side has closed properly.
  size_t Read(char* data, size_t size);
  void Write(std::string_view data);

  // Narrows the time allowed, until SetHeadDeadline(nullopt).
  void SetHeadDeadline(std::optional<Time> deadline) { head_deadline_ = deadline; }

  int fd() const { return socket_.get(); }
  const std::string& peer() const { return peer_; }

 private:
  friend struct TlsBio;
  void Connect(const Url& url);
  void StartTls(const Url& url, const TlsContext& tls);
  [[noreturn]] void FailTls(const char* what, int result);
  size_t Receive(char* data, size_t size);
  void Send(std::string_view data);
  std::optional<Time> Deadline() const;
  void CheckBounds(const char* what) const;
  void Wait(short events, std::chrono::milliseconds most, const char* what) const;

  std::string peer_;  // "host:port", for messages
  Bounds bounds_;
  StopEvent stop_event_;
  std::optional<Time> head_deadline_;
  UniqueFd socket_;
  struct FreeTls {
    void operator()(SSL* ssl) const;
  };
  std::unique_ptr<SSL, FreeTls> ssl_;
  std::exception_ptr
      failure_;  // of Receive or Send below OpenSSL, which must not be thrown through
  bool peer_closed_ = false;
};

// Opens the connections of requests; reads the CA certificates once, for the first https. Any
// thread.
class HttpConnector {
 public:
  // `url`: of the request. Throws Error as HttpTransport says.
  HttpConnection Open(const HttpRequest& request, const Url& url);

 private:
  std::once_flag tls_made_;
  std::unique_ptr<TlsContext> tls_;
};

}  // namespace runtime::base
