#include "runtime/base/http_connection.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/resolve.h"
#include "runtime/base/units.h"

namespace runtime::base {
namespace {

Error NetworkError(const std::string& what, int number) {
  return Error(ErrorKind::kUnavailable, Error::FromErrno(what, number).what(), number);
}

}  // namespace

HttpConnection::HttpConnection(const Url& url, const Bounds& bounds, const TlsContext* tls)
    : peer_(url.HostAndPort()), bounds_(bounds), stop_event_(bounds.stop) {
  Connect(url);
  if (url.scheme == "https") {
    StartTls(url, *tls);
  }
}

HttpConnection::~HttpConnection() = default;

void HttpConnection::Connect(const Url& url) {
  const auto addresses = Resolve(url.host, url.port, bounds_.stop);
  const std::string what = "connect to " + peer_;
  std::optional<Error> last;
  for (const addrinfo* a = addresses.get(); a != nullptr; a = a->ai_next) {
    if (bounds_.may_reach && !bounds_.may_reach(*a->ai_addr)) {
      last = last.value_or(
          Error(ErrorKind::kPermission, what + ": what it leads to may not be reached from here"));
      continue;
    }
    socket_.Reset(::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_) {
      last = NetworkError(what, errno);
      continue;
    }
    int result = ::connect(socket_.get(), a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
    if (result == EINPROGRESS) {
      try {
        Wait(POLLOUT, bounds_.connect, "connect to");
      } catch (const Error& e) {
        if (e.kind() == ErrorKind::kCancelled) {
          throw;
        }
        last = e;
        continue;
      }
      socklen_t size = sizeof(result);
      ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &result, &size);
    }
    if (result == 0) {
      const int on = 1;
      ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      return;
    }
    last = NetworkError(what, result);
  }
  throw last.value_or(Error(ErrorKind::kUnavailable, what + ": the name has no address"));
}

std::optional<HttpConnection::Time> HttpConnection::Deadline() const {
  if (bounds_.deadline && head_deadline_) {
    return std::min(*bounds_.deadline, *head_deadline_);
  }
  return bounds_.deadline ? bounds_.deadline : head_deadline_;
}

void HttpConnection::CheckBounds(const char* what) const {
  if (bounds_.stop.stop_requested()) {
    throw Error(ErrorKind::kCancelled, std::string(what) + " " + peer_ + ": cancelled");
  }
  const std::optional<Time> deadline = Deadline();
  if (deadline && std::chrono::steady_clock::now() >= *deadline) {
    throw Error(ErrorKind::kUnavailable,
                std::string(what) + " " + peer_ + ": not done within the time allowed");
  }
}

void HttpConnection::Wait(short events, std::chrono::milliseconds most, const char* what) const {
  using std::chrono::milliseconds;
  const Time idle_until = std::chrono::steady_clock::now() + most;
  const Time until = std::min(Deadline().value_or(idle_until), idle_until);
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waited[2] = {{socket_.get(), events, 0}, {stop_event_.fd(), POLLIN, 0}};
    const int ready = ::poll(waited, 2, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (ready > 0 && waited[1].revents != 0) {
      CheckBounds(what);
    }
    if (ready > 0) {
      return;
    }
    if (ready < 0 && errno != EINTR) {
      throw NetworkError(std::string(what) + " " + peer_, errno);
    }
    if (ready == 0) {
      CheckBounds(what);
      throw Error(ErrorKind::kUnavailable, std::string(what) + " " + peer_ +
                                               ": nothing happened for " + FormatDuration(most));
    }
  }
}

size_t HttpConnection::Receive(char* data, size_t size) {
  for (;;) {
    CheckBounds("read from");  // also for a sender that never pauses
    const ssize_t n = ::recv(socket_.get(), data, size, 0);
    if (n >= 0) {
      return static_cast<size_t>(n);
    }
    if (errno == EAGAIN) {
      Wait(POLLIN, bounds_.idle, "read from");
    } else if (errno != EINTR) {
      throw NetworkError("read from " + peer_, errno);
    }
  }
}

void HttpConnection::Send(std::string_view data) {
  while (!data.empty()) {
    CheckBounds("write to");
    const ssize_t n = ::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      data.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      Wait(POLLOUT, bounds_.idle, "write to");
    } else if (errno != EINTR) {
      throw NetworkError("write to " + peer_, errno);
    }
  }
}

HttpConnection HttpConnector::Open(const HttpRequest& request, const Url& url) {
  HttpConnection::Bounds bounds{request.connect_timeout, request.idle_timeout, std::nullopt,
                                request.stop, request.may_reach};
  if (request.total_timeout.count() > 0) {
    bounds.deadline = std::chrono::steady_clock::now() + request.total_timeout;
  }
  if (url.scheme != "https") {
    return HttpConnection(url, bounds, nullptr);
  }
  std::call_once(tls_made_, [this] { tls_ = std::make_unique<TlsContext>(); });
  return HttpConnection(url, bounds, tls_.get());
}

}  // namespace runtime::base
