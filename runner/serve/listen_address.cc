#include "runner/serve/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/base/error.h"

namespace runner::serve {
namespace {

using runtime::base::Error;
using runtime::base::UniqueFd;

constexpr int kBacklog = 1024;

// Room for every kind of address, as the kernel's calls want it.
union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_un local;
};

struct BindTarget {
  SocketAddress address = {};
  socklen_t size = 0;
};

BindTarget Resolve(const ListenAddress& listen) {
  BindTarget target;
  const auto port = htons(static_cast<uint16_t>(listen.port));
  if (listen.is_unix()) {
    target.address.local.sun_family = AF_UNIX;
    const std::string& path = listen.path.native();
    if (path.size() >= sizeof target.address.local.sun_path) {
      throw Error(runtime::base::ErrorKind::kUsage,
                  "the path of a Unix socket has at most 107 bytes: " + path);
    }
    std::memcpy(target.address.local.sun_path, path.c_str(), path.size() + 1);
    target.size = sizeof(sockaddr_un);
  } else if (::inet_pton(AF_INET, listen.host.c_str(), &target.address.v4.sin_addr) == 1) {
    target.address.v4.sin_family = AF_INET;
    target.address.v4.sin_port = port;
    target.size = sizeof(sockaddr_in);
  } else {
    ::inet_pton(AF_INET6, listen.host.c_str(), &target.address.v6.sin6_addr);
    target.address.v6.sin6_family = AF_INET6;
    target.address.v6.sin6_port = port;
    target.size = sizeof(sockaddr_in6);
  }
  return target;
}

// After a crash the socket's file is left; where somebody still listens it must stay.
void RemoveDeadSocket(const BindTarget& target, const ListenAddress& listen) {
  struct stat file = {};
  if (::lstat(listen.path.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) {
    return;
  }
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), &target.address.any, target.size) != 0 && errno == ECONNREFUSED) {
    ::unlink(listen.path.c_str());
  }
}

std::string Name(const ListenAddress& listen) {
  if (listen.is_unix()) {
    return "unix:" + listen.path.native();
  }
  const bool v6 = listen.host.find(':') != std::string::npos;
  return (v6 ? "[" + listen.host + "]" : listen.host) + ":" + std::to_string(listen.port);
}

// Host and port of a TCP address; host is empty for a Unix socket.
ListenAddress Describe(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  ListenAddress described;
  if (address.any.sa_family == AF_INET) {
    described.host = ::inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof text);
    described.port = ntohs(address.v4.sin_port);
  } else if (address.any.sa_family == AF_INET6) {
    described.host = ::inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof text);
    described.port = ntohs(address.v6.sin6_port);
  }
  return described;
}

}  // namespace

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  ListenAddress address;
  if (text.starts_with(kUnix)) {
    address.path = text.substr(kUnix.size());
    return address.path.is_absolute() ? std::optional(address) : std::nullopt;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || address.port < 0 ||
      address.port > 65'535) {
    return std::nullopt;
  }
  address.host = text.substr(0, colon);
  in6_addr ignored = {};
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
    return ::inet_pton(AF_INET6, address.host.c_str(), &ignored) == 1 ? std::optional(address)
                                                                      : std::nullopt;
  }
  if (address.host == "localhost") {
    address.host = "127.0.0.1";
  }
  return ::inet_pton(AF_INET, address.host.c_str(), &ignored) == 1 ? std::optional(address)
                                                                   : std::nullopt;
}

UniqueFd Listen(const ListenAddress& listen) {
  const std::string what = "listen on " + Name(listen);
  const BindTarget target = Resolve(listen);
  UniqueFd socket(
      ::socket(target.address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) {
    throw Error::FromErrno(what);
  }
  const int yes = 1;
  if (listen.is_unix()) {
    RemoveDeadSocket(target, listen);
  } else {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  }
  if (::bind(socket.get(), &target.address.any, target.size) != 0 ||
      (listen.is_unix() && ::chmod(listen.path.c_str(), 0660) != 0) ||
      ::listen(socket.get(), kBacklog) != 0) {
    throw Error::FromErrno(what);
  }
  return socket;
}

std::string BoundAddress(int socket) {
  SocketAddress address = {};
  socklen_t size = sizeof address;
  if (::getsockname(socket, &address.any, &size) != 0) {
    throw Error::FromErrno("getsockname");
  }
  ListenAddress bound = Describe(address);
  if (bound.host.empty()) {
    bound.path = address.local.sun_path;
  }
  return Name(bound);
}

std::string PeerAddress(int socket) {
  SocketAddress address = {};
  socklen_t size = sizeof address;
  if (::getpeername(socket, &address.any, &size) != 0) {
    return "unknown";
  }
  const ListenAddress peer = Describe(address);
  return peer.host.empty() ? "unix" : peer.host;
}

}  // namespace runner::serve
