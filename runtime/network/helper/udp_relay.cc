#include "runtime/network/helper/udp_relay.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace runtime::network::helper {
namespace {

constexpr size_t kMaxConversations = 256;
constexpr int64_t kSilenceMs = 60'000;
constexpr int kAtOnce = 64;
constexpr size_t kMaxDatagram = 65'536;

std::string KeyOf(const sockaddr_storage& asker, socklen_t size) {
  return {reinterpret_cast<const char*>(&asker), size};
}

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

UdpRelay::UdpRelay(EventLoop& loop, base::UniqueFd socket, const IpAddress& target, uint16_t port)
    : loop_(loop), socket_(std::move(socket)), target_(target), port_(port) {
  loop_.Add(socket_.get(), EPOLLIN, [this](uint32_t) { TakeQuestions(); });
  ticker_ = loop_.AddTicker([this] { return EndSilent(); });
}

UdpRelay::~UdpRelay() {
  loop_.RemoveTicker(ticker_);
  loop_.Remove(socket_.get());
  while (!conversations_.empty()) {
    End(conversations_.begin());
  }
}

void UdpRelay::TakeQuestions() {
  std::string data(kMaxDatagram, '\0');
  for (int i = 0; i < kAtOnce; ++i) {
    Envelope envelope;
    alignas(cmsghdr) std::array<char, 128> control;
    iovec part = {data.data(), data.size()};
    msghdr message = {};
    message.msg_name = &envelope.asker;
    message.msg_namelen = sizeof envelope.asker;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t n = ::recvmsg(socket_.get(), &message, 0);
    if (n < 0) {
      return;
    }
    envelope.asker_size = message.msg_namelen;
    envelope.control.assign(control.data(), message.msg_controllen);
    ForgetDevice(envelope.control);
    const Place place = ConversationWith(envelope);
    if (place != conversations_.end()) {
      ::send(place->fd.get(), data.data(), static_cast<size_t>(n), MSG_NOSIGNAL);
    }
  }
}

UdpRelay::Place UdpRelay::ConversationWith(const Envelope& envelope) {
  const std::string key = KeyOf(envelope.asker, envelope.asker_size);
  const auto known = by_asker_.find(key);
  if (known != by_asker_.end()) {
    const Place place = known->second;
    place->last_ms = NowMs();
    place->envelope.control = envelope.control;
    conversations_.splice(conversations_.end(), conversations_, place);
    return place;
  }
  if (conversations_.size() >= kMaxConversations) {
    End(conversations_.begin());
  }
  Conversation conversation;
  conversation.envelope = envelope;
  conversation.last_ms = NowMs();
  conversation.fd.Reset(
      ::socket(target_.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const SocketAddress where(target_, port_);
  if (!conversation.fd || ::connect(conversation.fd.get(), where.get(), where.size) != 0) {
    return conversations_.end();
  }
  const Place place = conversations_.insert(conversations_.end(), std::move(conversation));
  by_asker_[key] = place;
  loop_.Add(place->fd.get(), EPOLLIN, [this, place](uint32_t) { TakeAnswers(place); });
  loop_.WakeTickers();
  return place;
}

void UdpRelay::TakeAnswers(Place place) {
  std::string data(kMaxDatagram, '\0');
  for (int i = 0; i < kAtOnce; ++i) {
    // A failure is that nobody listens in the container: the asker may try again.
    const ssize_t n = ::recv(place->fd.get(), data.data(), data.size(), 0);
    if (n < 0) {
      return;
    }
    place->last_ms = NowMs();
    iovec part = {data.data(), static_cast<size_t>(n)};
    msghdr message = {};
    message.msg_name = &place->envelope.asker;
    message.msg_namelen = place->envelope.asker_size;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = place->envelope.control.data();
    message.msg_controllen = place->envelope.control.size();
    ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
  }
}

void UdpRelay::End(Place place) {
  loop_.Remove(place->fd.get());
  by_asker_.erase(KeyOf(place->envelope.asker, place->envelope.asker_size));
  conversations_.erase(place);
}

bool UdpRelay::EndSilent() {
  const int64_t now = NowMs();
  for (Place place = conversations_.begin(); place != conversations_.end();) {
    const Place next = std::next(place);
    if (place->last_ms + kSilenceMs <= now) {
      End(place);
    }
    place = next;
  }
  return !conversations_.empty();
}

}  // namespace runtime::network::helper
