#include "runtime/lifecycle/control_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstring>
#include <utility>

namespace runtime::lifecycle {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

namespace {

// Each has descriptors; who comes beyond is closed at once.
constexpr size_t kMostPeers = 200;

}  // namespace

ControlServer::ControlServer(EventLoop& loop, OnRequest on_request, OnGone on_gone)
    : loop_(loop), on_request_(std::move(on_request)), on_gone_(std::move(on_gone)) {}

ControlServer::~ControlServer() {
  loop_.Remove(listener_watch_);
  for (const auto& [client, peer] : peers_) {
    loop_.Remove(peer.watch);
  }
}

void ControlServer::Listen(UniqueFd socket) {
  listener_watch_ = loop_.Add(socket.get(), EPOLLIN, [this] { Accept(); });
  listener_ = std::move(socket);
}

ControlServer::Client ControlServer::Adopt(UniqueFd socket) {
  const Client client = next_++;
  const EventLoop::Watch watch =
      loop_.Add(socket.get(), EPOLLIN | EPOLLRDHUP, [this, client] { Receive(client); });
  peers_[client] = {std::move(socket), watch};
  return client;
}

void ControlServer::Accept() {
  UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (socket && peers_.size() < kMostPeers) {
    Adopt(std::move(socket));
  }
}

void ControlServer::Receive(Client client) {
  std::optional<Packet> packet = ReceivePacket(peers_.at(client).socket.get());
  if (!packet) {
    Close(client);
    return;
  }
  Request request;
  if (packet->bytes.size() == sizeof request) {
    std::memcpy(&request, packet->bytes.data(), sizeof request);
  }
  try {
    if (packet->bytes.size() != sizeof request || request.version != kControlVersion) {
      throw Error(ErrorKind::kUnsupported, "the container was started by another version");
    }
    on_request_(client, request, std::move(packet->files));
  } catch (const Error& error) {
    SendFailure(client, error);
  }
}

void ControlServer::Close(Client client) {
  const auto peer = peers_.find(client);
  if (peer != peers_.end()) {
    loop_.Remove(peer->second.watch);
    peers_.erase(peer);
    on_gone_(client);
  }
}

void ControlServer::Send(Client client, const Reply& reply, std::span<const int> files) {
  const auto peer = peers_.find(client);
  if (peer != peers_.end() &&
      !SendPacket(peer->second.socket.get(), {reinterpret_cast<const char*>(&reply), sizeof reply},
                  files, false)) {
    Close(client);
  }
}

void ControlServer::SendDone(Client client, std::span<const int> files) {
  Send(client, Reply{}, files);
}

void ControlServer::SendFailure(Client client, const Error& error, int number) {
  Reply reply;
  reply.answer = Answer::kFailed;
  reply.number = number;
  reply.kind = error.kind();
  reply.SetText(error.what());
  Send(client, reply);
}

}  // namespace runtime::lifecycle
