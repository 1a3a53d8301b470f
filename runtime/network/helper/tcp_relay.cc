#include "runtime/network/helper/tcp_relay.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace runtime::network::helper {
namespace {

constexpr size_t kHost = 0;
constexpr size_t kContainer = 1;

// Its end is then told as a failure and not as the end of what was sent.
void MakeEndAReset(int fd) {
  const linger now = {1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// What is passed on waits for no more of it, and a peer that is gone without a word is found out.
void Tune(int fd) {
  const auto set = [fd](int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
}

// Sends from the front of `data` what there is room for. False when the connection is broken.
bool SendSome(int fd, std::string_view& data) {
  while (!data.empty()) {
    const ssize_t n = ::send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0) {
      return WouldBlock();
    }
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

TcpRelay::TcpRelay(EventLoop& loop, size_t most) : loop_(loop), most_(most) {
  // Where connections weren't taken because of something that isn't ours to end.
  loop_.AddTicker([this] {
    Listen(connections_.size() < most_);
    return !listening_;
  });
}

void TcpRelay::Serve(unsigned member, base::UniqueFd listener, const IpAddress& target,
                     uint16_t port) {
  Port& added = ports_.emplace_back();
  added.member = member;
  added.listener = std::move(listener);
  added.target = SocketAddress(target, port);
  loop_.Add(added.listener.get(), listening_ ? EPOLLIN : 0u,
            [this, &added](uint32_t) { Accept(added); });
}

void TcpRelay::Drop(unsigned member) {
  std::erase_if(ports_, [&](const Port& port) {
    if (port.member == member) {
      loop_.Remove(port.listener.get());
    }
    return port.member == member;
  });
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto& [id, connection] = *next++;
    if (connection->member == member) {
      Close(id, true);
    }
  }
}

void TcpRelay::Accept(const Port& port) {
  base::UniqueFd host(
      ::accept4(port.listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  // Without a descriptor or memory for it, what waits would wake us again at once.
  const bool exhausted = !host && !WouldBlock() && errno != ECONNABORTED;
  if (host) {
    Begin(port, std::move(host));
  }
  if (exhausted || connections_.size() >= most_) {
    Listen(false);
  }
}

void TcpRelay::Begin(const Port& port, base::UniqueFd host) {
  const SocketAddress& where = port.target;
  base::UniqueFd container(
      ::socket(where.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!container ||
      (::connect(container.get(), where.get(), where.size) != 0 && errno != EINPROGRESS)) {
    MakeEndAReset(host.get());
    return;
  }
  Tune(host.get());
  Tune(container.get());
  const uint64_t id = next_id_++;
  auto connection = std::make_unique<Connection>();
  connection->member = port.member;
  connection->sides[kHost].fd = std::move(host);
  connection->sides[kContainer].fd = std::move(container);
  for (const size_t side : {kHost, kContainer}) {
    loop_.Add(connection->sides[side].fd.get(), 0,
              [this, id, side](uint32_t events) { Carry(id, events, side); });
  }
  Wait(*(connections_[id] = std::move(connection)));
}

void TcpRelay::Carry(uint64_t id, uint32_t events, size_t from) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;
  }
  Connection& connection = *found->second;
  Side& host = connection.sides[kHost];
  Side& container = connection.sides[kContainer];
  if (from == kContainer && (events & EPOLLOUT) != 0) {
    connection.connected = true;
  }
  if ((events & EPOLLERR) != 0 || (!connection.connected && (events & EPOLLHUP) != 0)) {
    Close(id, true);
    return;
  }
  if (!connection.connected) {
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
  std::string_view waiting = from.pending;
  if (!SendSome(to.fd.get(), waiting)) {
    return false;
  }
  from.pending.erase(0, from.pending.size() - waiting.size());
  if (from.pending.empty() && !from.read_end) {
    const ssize_t n = ::recv(from.fd.get(), buffer_.data(), buffer_.size(), 0);
    if (n < 0) {
      return WouldBlock();
    }
    from.read_end = n == 0;
    std::string_view data(buffer_.data(), static_cast<size_t>(n));
    if (!SendSome(to.fd.get(), data)) {
      return false;
    }
    // Of exactly that size: most connections hold nothing most of the time.
    from.pending = std::string(data);
  }
  if (from.read_end && from.pending.empty() && !to.write_end) {
    to.write_end = true;
    ::shutdown(to.fd.get(), SHUT_WR);
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
      events = (!one.read_end && one.pending.empty() ? uint32_t{EPOLLIN} : 0u) |
               (other.pending.empty() ? 0u : uint32_t{EPOLLOUT});
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
  Listen(true);
}

void TcpRelay::Listen(bool listen) {
  if (listen == listening_) {
    return;
  }
  listening_ = listen;
  for (const Port& port : ports_) {
    loop_.Change(port.listener.get(), listen ? EPOLLIN : 0u);
  }
  if (!listen) {
    loop_.WakeTickers();
  }
}

}  // namespace runtime::network::helper
