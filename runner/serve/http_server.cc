#include "runner/serve/http_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <list>
#include <map>
#include <thread>

#include "runner/serve/http_connection.h"
#include "runtime/base/fd.h"

namespace runner::serve {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int kAcceptsAtOnce = 64;
constexpr std::chrono::milliseconds kOutOfDescriptors{50};

HttpServerOptions Fit(HttpServerOptions options) {
  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
    options.connections = std::min<size_t>(options.connections, files.rlim_cur / 2);
  }
  return options;
}

bool IsLoopback(const std::string& peer) {
  return peer.starts_with("127.") || peer == "::1" || peer == "unix";
}

}  // namespace

class HttpServer::Core {
 public:
  Core(runtime::base::UniqueFd listener, HttpHandler& handler, HttpServerOptions options)
      : options_(Fit(options)),
        pool_(options.handler_threads),
        work_(asio::make_work_guard(io_)),
        listener_(io_, listener.get()),
        retry_(io_),
        context_{io_,
                 pool_,
                 handler,
                 options_,
                 0,
                 false,
                 [this](const HttpConnection* gone) { Forget(gone); }} {
    listener.Release();
    WaitForClients();
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Core() {
    asio::post(io_, [this] {
      context_.draining = true;
      error_code ignored;
      listener_.close(ignored);
      retry_.cancel();
      CloseAll([](const HttpConnection& connection) { return connection.waits_for_client(); });
      work_.reset();
    });
    thread_.join();  // ends with the last connection; their deadlines bound it
    pool_.join();
  }

 private:
  using Connections = std::list<std::shared_ptr<HttpConnection>>;

  void WaitForClients() {
    listener_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [this](const error_code& error) {
                           if (!error) {
                             Accept();
                           }
                         });
  }

  void Accept() {
    for (int i = 0; i < kAcceptsAtOnce; ++i) {
      runtime::base::UniqueFd socket(
          ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (socket) {
        Admit(std::move(socket));
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // The backlog would wake us at once, again and again.
        EvictOldest([](const HttpConnection&) { return true; });
        retry_.expires_after(kOutOfDescriptors);
        retry_.async_wait([this](const error_code& error) {
          if (!error) {
            WaitForClients();
          }
        });
        return;
      } else if (errno == EAGAIN) {
        break;
      }
    }
    WaitForClients();
  }

  void Admit(runtime::base::UniqueFd socket) {
    sockaddr_storage local = {};
    socklen_t size = sizeof local;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&local), &size);
    const std::string peer = PeerAddress(socket.get());
    const bool bounded = !(options_.loopback_is_a_proxy && IsLoopback(peer)) && peer != "unix";
    const auto held = per_peer_.find(peer);
    if (bounded && held != per_peer_.end() && held->second >= options_.connections_per_peer &&
        !EvictOldest([&](const HttpConnection& other) { return other.peer() == peer; })) {
      return;
    }
    if (connections_.size() >= options_.connections &&
        !EvictOldest([](const HttpConnection&) { return true; })) {
      return;
    }
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    HttpConnection::Socket stream(io_, asio::generic::stream_protocol(local.ss_family, 0),
                                  socket.get());
    socket.Release();
    connections_.push_back(std::make_shared<HttpConnection>(context_, std::move(stream), peer));
    ++per_peer_[peer];
    connections_.back()->Start();
  }

  // Closes the oldest of these that waits for its client.
  template <typename Matches>
  bool EvictOldest(Matches matches) {
    const auto oldest = std::find_if(connections_.begin(), connections_.end(), [&](const auto& c) {
      return c->waits_for_client() && matches(*c);
    });
    if (oldest == connections_.end()) {
      return false;
    }
    (*oldest)->Close();
    return true;
  }

  template <typename Matches>
  void CloseAll(Matches matches) {
    while (EvictOldest(matches)) {
    }
  }

  void Forget(const HttpConnection* gone) {
    const auto found = std::find_if(connections_.begin(), connections_.end(),
                                    [&](const auto& c) { return c.get() == gone; });
    if (found == connections_.end()) {
      return;
    }
    const auto held = per_peer_.find(gone->peer());
    if (held != per_peer_.end() && --held->second == 0) {
      per_peer_.erase(held);
    }
    // It may be running right now: it goes after this event.
    asio::post(io_, [keep = std::move(*found)] {});
    connections_.erase(found);
  }

  const HttpServerOptions options_;
  asio::io_context io_{1};
  asio::thread_pool pool_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::posix::stream_descriptor listener_;
  asio::steady_timer retry_;
  ConnectionContext context_;
  Connections connections_;  // oldest first
  std::map<std::string, size_t> per_peer_;
  std::thread thread_;
};

HttpServer::HttpServer(runtime::base::UniqueFd listener, HttpHandler& handler,
                       HttpServerOptions options)
    : address_(BoundAddress(listener.get())),
      core_(std::make_unique<Core>(std::move(listener), handler, options)) {}

HttpServer::~HttpServer() = default;

}  // namespace runner::serve
