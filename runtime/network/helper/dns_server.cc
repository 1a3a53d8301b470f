#include "runtime/network/helper/dns_server.h"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace runtime::network::helper {
namespace {

constexpr size_t kMaxConnections = 64;
constexpr int64_t kIdleMs = 10'000;
constexpr size_t kMaxQuery = 1024;    // a name of 255 bytes and an extension
constexpr int kDatagramsAtOnce = 64;  // then the others of the loop have their turn

IpAddress AddressOf(const sockaddr_storage& from) {
  return IpAddress::From(reinterpret_cast<const sockaddr&>(from)).value_or(IpAddress());
}

}  // namespace

DnsServer::DnsServer(EventLoop& loop, base::UniqueFd udp, base::UniqueFd tcp, Answerer answerer)
    : loop_(loop), udp_(std::move(udp)), tcp_(std::move(tcp)), answerer_(std::move(answerer)) {
  loop_.Add(udp_.get(), EPOLLIN, [this](uint32_t) { TakeDatagrams(); });
  loop_.Add(tcp_.get(), EPOLLIN, [this](uint32_t) { TakeConnection(); });
  loop_.AddTicker([this] { return CloseIdle(); });
}

void DnsServer::TakeDatagrams() {
  for (int i = 0; i < kDatagramsAtOnce; ++i) {
    std::array<char, kMaxQuery> buffer;
    sockaddr_storage from = {};
    socklen_t size = sizeof from;
    // The real length, so that one that is cut isn't taken for whole.
    const ssize_t n = ::recvfrom(udp_.get(), buffer.data(), buffer.size(), MSG_TRUNC,
                                 reinterpret_cast<sockaddr*>(&from), &size);
    if (n < 0) {
      return;
    }
    if (static_cast<size_t>(n) > buffer.size()) {
      continue;
    }
    const DnsRequest request =
        ReadDnsRequest(std::string_view(buffer.data(), static_cast<size_t>(n)));
    const auto send = [this, from, size](const std::string& answer) {
      ::sendto(udp_.get(), answer.data(), answer.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&from), size);
    };
    if (request.refusal) {
      send(*request.refusal);
    } else if (request.query) {
      answerer_(AddressOf(from), *request.query,
                [send, query = *request.query](std::string answer) {
                  send(FitDnsAnswer(std::move(answer), query, query.udp_payload));
                });
    }
  }
}

void DnsServer::TakeConnection() {
  sockaddr_storage from = {};
  socklen_t size = sizeof from;
  base::UniqueFd fd(::accept4(tcp_.get(), reinterpret_cast<sockaddr*>(&from), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd || connections_.size() >= kMaxConnections) {
    return;
  }
  const uint64_t id = next_id_++;
  loop_.Add(fd.get(), EPOLLIN, [this, id](uint32_t events) { Serve(id, events); });
  Connection& connection = connections_[id];
  connection.fd = std::move(fd);
  connection.from = AddressOf(from);
  connection.deadline_ms = NowMs() + kIdleMs;
  loop_.WakeTickers();
}

void DnsServer::Serve(uint64_t id, uint32_t events) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;
  }
  Connection& connection = found->second;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0 || !Read(connection) || !Write(connection)) {
    Close(id);
    return;
  }
  AskNext(id, connection);
}

bool DnsServer::Read(Connection& connection) {
  // One question and the beginning of the next; the rest waits in the socket.
  while (!connection.ended && connection.in.size() < kMaxQuery) {
    std::array<char, kMaxQuery> buffer;
    const ssize_t n =
        ::recv(connection.fd.get(), buffer.data(), buffer.size() - connection.in.size(), 0);
    if (n < 0) {
      return WouldBlock();
    }
    connection.ended = n == 0;
    connection.in.append(buffer.data(), static_cast<size_t>(n));
  }
  return true;
}

bool DnsServer::Write(Connection& connection) {
  while (!connection.out.empty()) {
    const ssize_t n =
        ::send(connection.fd.get(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (n < 0 && !WouldBlock()) {
      return false;
    }
    if (n < 0) {
      break;
    }
    connection.out.erase(0, static_cast<size_t>(n));
  }
  const bool reads = !connection.ended && connection.in.size() < kMaxQuery;
  loop_.Change(connection.fd.get(),
               (reads ? uint32_t{EPOLLIN} : 0u) | (connection.out.empty() ? 0u : EPOLLOUT));
  return true;
}

void DnsServer::AskNext(uint64_t id, Connection& connection) {
  if (connection.asked || !connection.out.empty()) {
    return;
  }
  const size_t length = connection.in.size() < 2
                            ? 0
                            : static_cast<size_t>(static_cast<uint8_t>(connection.in[0])) << 8 |
                                  static_cast<uint8_t>(connection.in[1]);
  const bool whole = connection.in.size() >= 2 && connection.in.size() >= length + 2;
  if (length + 2 > kMaxQuery || (!whole && connection.ended)) {
    Close(id);
    return;
  }
  if (!whole) {
    return;
  }
  const DnsRequest request = ReadDnsRequest(std::string_view(connection.in).substr(2, length));
  connection.in.erase(0, length + 2);
  connection.asked = true;
  connection.deadline_ms = NowMs() + kIdleMs;
  if (request.refusal) {
    Answer(id, *request.refusal);
  } else if (request.query) {
    answerer_(connection.from, *request.query,
              [this, id](const std::string& answer) { Answer(id, answer); });
  } else {
    Close(id);
  }
}

void DnsServer::Answer(uint64_t id, const std::string& answer) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;
  }
  Connection& connection = found->second;
  connection.asked = false;
  connection.out.push_back(static_cast<char>(answer.size() >> 8));
  connection.out.push_back(static_cast<char>(answer.size()));
  connection.out += answer;
  if (Write(connection)) {
    AskNext(id, connection);
  } else {
    Close(id);
  }
}

void DnsServer::Close(uint64_t id) {
  const auto found = connections_.find(id);
  if (found != connections_.end()) {
    loop_.Remove(found->second.fd.get());
    connections_.erase(found);
  }
}

bool DnsServer::CloseIdle() {
  const int64_t now = NowMs();
  std::vector<uint64_t> idle;
  for (const auto& [id, connection] : connections_) {
    if (connection.deadline_ms <= now) {
      idle.push_back(id);
    }
  }
  for (const uint64_t id : idle) {
    Close(id);
  }
  return !connections_.empty();
}

}  // namespace runtime::network::helper
