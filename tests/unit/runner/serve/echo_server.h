// An HttpServer whose handler remembers what it was asked.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "runner/serve/http_server.h"
#include "runtime/base/error.h"

namespace runner::serve {

class EchoHandler : public HttpHandler {
 public:
  std::optional<HttpReply> Screen(const HttpCall& call) override {
    return call.path() == "/turned-away" ? std::optional(HttpReply{401, "text/plain", "no\n", {}})
                                         : std::nullopt;
  }

  HttpReply Handle(const HttpCall& call) override {
    std::unique_lock lock(mutex_);
    calls_.push_back(call);
    if (call.path() == "/throw") {
      throw runtime::base::Error(runtime::base::ErrorKind::kInternal, "a secret of ours");
    }
    if (call.path() == "/inject") {
      return {200, "text/plain\r\nX-Evil: 1", "", {{"X-A", "b\r\nX-Evil: 1"}, {"X-Good", "1"}}};
    }
    if (call.path() == "/wait") {
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return released_; });
    }
    return {200, "text/plain", call.method + " " + call.target + " " + call.body, {}};
  }

  void AwaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  std::vector<HttpCall> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HttpCall> calls_;
  int waiting_ = 0;
  bool released_ = false;
};

struct EchoServer {
  explicit EchoServer(HttpServerOptions options = {})
      : server(Listen(*ParseListenAddress("127.0.0.1:0")), handler, options),
        address(server.address()) {}
  EchoHandler handler;
  HttpServer server;
  std::string address;
};

inline const char kGet[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string PostOf(const std::string& headers, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

}  // namespace runner::serve
