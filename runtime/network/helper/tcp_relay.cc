#include "runtime/network/helper/tcp_relay.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace runtime::network::helper {
namespace {

constexpr size_t kMaxConnections = 512;
constexpr size_t kHost = 0;
constexpr size_t kContainer = 1;

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// Its end is then told as a failure and not as the end of what was sent.
void MakeEndAReset(int fd) {
  const linger now = {1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

TcpRelay::TcpRelay(EventLoop& loop, base::UniqueFd listener, const IpAddress& target, uint16_t port)
    : loop_(loop), listener_(std::move(listener)), target_(target), port_(port) {
  loop_.Add(listener_.get(), EPOLLIN, [this](uint32_t) { Accept(); });
}

TcpRelay::~TcpRelay() {
  loop_.Remove(listener_.get());
  while (!connections_.empty()) {
    Close(connections_.begin()->first, true);
  }
}

void TcpRelay::Accept() {
  auto connection = std::make_unique<Connection>();
  base::UniqueFd& host = connection->sides[kHost].fd;
  base::UniqueFd& container = connection->sides[kContainer].fd;
  host.Reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!host) {
    return;
  }
  const SocketAddress where(target_, port_);
  container.Reset(::socket(target_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (connections_.size() >= kMaxConnections || !container ||
      (::connect(container.get(), where.get(), where.size) != 0 && errno != EINPROGRESS)) {
    MakeEndAReset(host.get());
    return;
  }
  const uint64_t id = next_id_++;
  for (const size_t side : {kHost, kContainer}) {
    loop_.Add(connection->sides[side].fd.get(), 0,
              [this, id, side](uint32_t events) { Serve(id, events, side); });
  }
  Wait(*(connections_[id] = std::move(connection)));
}

void TcpRelay::Serve(uint64_t id, uint32_t events, size_t from) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;
  }
  if ((events & EPOLLERR) != 0) {
    Close(id, true);
    return;
  }
  Connection& connection = *found->second;
  Side& host = connection.sides[kHost];
  Side& container = connection.sides[kContainer];
  connection.connected =
      connection.connected || (from == kContainer && (events & EPOLLOUT) != 0);
  if (!connection.connected) {
    if ((events & EPOLLHUP) != 0) {
      Close(id, true);
    }
    return;
  }
  const bool good = Move(host, container) && Move(container, host);
  if (!good || (host.write_end && container.write_end)) {
    Close(id, !good);
    return;
  }
  Wait(connection);
}

bool TcpRelay::Move(Side& from, Side& to) {
  if (!Drain(from, to) || !Fill(from) || !Drain(from, to)) {
    return false;
  }
  if (from.read_end && from.begin == from.end && !to.write_end) {
    to.write_end = true;
    ::shutdown(to.fd.get(), SHUT_WR);
  }
  return true;
}

bool TcpRelay::Fill(Side& from) {
  if (from.read_end || from.begin != from.end) {
    return true;
  }
  from.begin = 0;
  from.end = 0;
  const ssize_t n = ::recv(from.fd.get(), from.buffer.data(), from.buffer.size(), 0);
  if (n < 0) {
    return WouldBlock();
  }
  from.read_end = n == 0;
  from.end = static_cast<size_t>(n);
  return true;
}

bool TcpRelay::Drain(Side& from, Side& to) {
  while (from.begin != from.end) {
    const ssize_t n =
        ::send(to.fd.get(), from.buffer.data() + from.begin, from.end - from.begin, MSG_NOSIGNAL);
    if (n < 0) {
      return WouldBlock();
    }
    from.begin += static_cast<size_t>(n);
  }
  return true;
}

// For what can go on: to read where there is room, to write where something waits. A side that is
// done would wake us again and again (EPOLLHUP), so it is let go.
void TcpRelay::Wait(Connection& connection) {
  for (const size_t side : {kHost, kContainer}) {
    Side& one = connection.sides[side];
    const Side& other = connection.sides[1 - side];
    uint32_t events = 0;
    if (connection.connected) {
      events = (!one.read_end && one.begin == one.end ? uint32_t{EPOLLIN} : 0u) |
               (other.begin != other.end ? uint32_t{EPOLLOUT} : 0u);
    } else if (side == kContainer) {
      events = EPOLLOUT;
    }
    if (one.read_end && one.write_end && !one.let_go) {
      one.let_go = true;
      loop_.Remove(one.fd.get());
    } else if (events != one.events) {
      one.events = events;
      loop_.Change(one.fd.get(), events);
    }
  }
}

void TcpRelay::Close(uint64_t id, bool reset) {
  const auto found = connections_.find(id);
  for (const Side& side : found->second->sides) {
    if (reset) {
      MakeEndAReset(side.fd.get());
    }
    loop_.Remove(side.fd.get());
  }
  connections_.erase(found);
}

}  // namespace runtime::network::helper
