#include "runtime/network/helper/udp_relay.h"

#include <sys/socket.h>

#include <array>
#include <cstring>

namespace runtime::network::helper {
namespace {

constexpr int64_t kSilenceMs = 60'000;
constexpr int kAtOnce = 64;
constexpr size_t kMaxDatagram = 65'536;

// The device that a datagram came by isn't of interest: routing knows better.
void ForgetDevice(std::string& control) {
  msghdr message = {};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(header), sizeof info);
      info.ipi_ifindex = 0;
      std::memcpy(CMSG_DATA(header), &info, sizeof info);
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(header), sizeof info);
      info.ipi6_ifindex = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
      std::memcpy(CMSG_DATA(header), &info, sizeof info);
    }
  }
}

}  // namespace

UdpRelay::UdpRelay(EventLoop& loop, size_t most) : loop_(loop), most_(most) {
  loop_.AddTicker([this] { return EndSilent(); });
}

void UdpRelay::Serve(unsigned member, base::UniqueFd socket, const IpAddress& target,
                     uint16_t port) {
  buffer_.resize(kMaxDatagram);
  Port& added = ports_.emplace_back();
  added.member = member;
  added.socket = std::move(socket);
  added.target = SocketAddress(target, port);
  loop_.Add(added.socket.get(), EPOLLIN, [this, &added](uint32_t) { TakeQuestions(added); });
}

void UdpRelay::Drop(unsigned member) {
  for (auto next = conversations_.begin(); next != conversations_.end();) {
    const Place place = next++;
    if (place->port->member == member) {
      End(place);
    }
  }
  std::erase_if(ports_, [&](const Port& port) {
    if (port.member == member) {
      loop_.Remove(port.socket.get());
    }
    return port.member == member;
  });
}

UdpRelay::Key UdpRelay::KeyOf(const Port& port, const Envelope& envelope) {
  return {&port, {reinterpret_cast<const char*>(&envelope.asker), envelope.asker_size}};
}

void UdpRelay::TakeQuestions(const Port& port) {
  for (int i = 0; i < kAtOnce; ++i) {
    Envelope envelope;
    alignas(cmsghdr) std::array<char, 128> control;
    iovec part = {buffer_.data(), buffer_.size()};
    msghdr message = {};
    message.msg_name = &envelope.asker;
    message.msg_namelen = sizeof envelope.asker;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t n = ::recvmsg(port.socket.get(), &message, 0);
    if (n < 0) {
      return;
    }
    envelope.asker_size = message.msg_namelen;
    envelope.control.assign(control.data(), message.msg_controllen);
    ForgetDevice(envelope.control);
    const Place place = ConversationWith(port, std::move(envelope));
    if (place != conversations_.end()) {
      ::send(place->fd.get(), buffer_.data(), static_cast<size_t>(n), MSG_NOSIGNAL);
    }
  }
}

UdpRelay::Place UdpRelay::ConversationWith(const Port& port, Envelope envelope) {
  const Key key = KeyOf(port, envelope);
  const auto known = by_asker_.find(key);
  const Place place = known != by_asker_.end() ? known->second : Begin(port);
  if (place != conversations_.end()) {
    by_asker_[key] = place;
    place->envelope = std::move(envelope);
    place->last_ms = NowMs();
    conversations_.splice(conversations_.end(), conversations_, place);
  }
  return place;
}

UdpRelay::Place UdpRelay::Begin(const Port& port) {
  if (conversations_.size() >= most_) {
    End(conversations_.begin());
  }
  base::UniqueFd fd(
      ::socket(port.target.get()->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), port.target.get(), port.target.size) != 0) {
    return conversations_.end();
  }
  const Place place = conversations_.emplace(conversations_.end());
  place->port = &port;
  place->fd = std::move(fd);
  loop_.Add(place->fd.get(), EPOLLIN, [this, place](uint32_t) { TakeAnswers(place); });
  loop_.WakeTickers();
  return place;
}

void UdpRelay::TakeAnswers(Place place) {
  for (int i = 0; i < kAtOnce; ++i) {
    // A failure is that nobody listens in the container: the asker may try again.
    const ssize_t n = ::recv(place->fd.get(), buffer_.data(), buffer_.size(), 0);
    if (n < 0) {
      return;
    }
    place->last_ms = NowMs();
    Envelope& envelope = place->envelope;
    iovec part = {buffer_.data(), static_cast<size_t>(n)};
    msghdr message = {};
    message.msg_name = &envelope.asker;
    message.msg_namelen = envelope.asker_size;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = envelope.control.data();
    message.msg_controllen = envelope.control.size();
    ::sendmsg(place->port->socket.get(), &message, MSG_NOSIGNAL);
  }
}

void UdpRelay::End(Place place) {
  loop_.Remove(place->fd.get());
  by_asker_.erase(KeyOf(*place->port, place->envelope));
  conversations_.erase(place);
}

bool UdpRelay::EndSilent() {
  const int64_t now = NowMs();
  for (auto next = conversations_.begin(); next != conversations_.end();) {
    const Place place = next++;
    if (place->last_ms + kSilenceMs <= now) {
      End(place);
    }
  }
  return !conversations_.empty();
}

}  // namespace runtime::network::helper
