#include "runtime/network/helper_order.h"

#include <sys/socket.h>

#include <array>
#include <charconv>
#include <cstring>

#include "runtime/base/error.h"

namespace runtime::network {
namespace {

constexpr size_t kMaxPacket = 16384;

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace

std::string Encode(const HelperOrder& order) {
  std::string text(1, static_cast<char>(order.kind));
  text += " " + std::to_string(order.member) + " " + std::to_string(order.port) + " " + order.name;
  for (const IpAddress& address : order.addresses) {
    text += " " + address.ToString();
  }
  return text;
}

std::optional<HelperOrder> DecodeHelperOrder(std::string_view packet) {
  const std::vector<std::string_view> words = Words(packet);
  if (words.size() < 4 || words[0].size() != 1) {
    return std::nullopt;
  }
  HelperOrder order = {.kind = static_cast<HelperOrder::Kind>(words[0][0])};
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), order.member);
  std::from_chars(words[2].data(), words[2].data() + words[2].size(), order.port);
  order.name = words[3];
  for (size_t i = 4; i < words.size(); ++i) {
    const std::optional<IpAddress> address = IpAddress::Parse(words[i]);
    if (!address) {
      return std::nullopt;
    }
    order.addresses.push_back(*address);
  }
  return order;
}

void SendPacket(int socket, std::string_view text, const std::vector<int>& descriptors) {
  iovec data = {const_cast<char*>(text.data()), text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxSentDescriptors)> control = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const size_t bytes = descriptors.size() * sizeof(int);
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), descriptors.data(), bytes);
  }
  if (::sendmsg(socket, &message, MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    throw base::Error::FromErrno("tell the network's helper");
  }
}

std::optional<Packet> ReceivePacket(int socket) {
  Packet packet;
  packet.text.resize(kMaxPacket);
  iovec data = {packet.text.data(), packet.text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxSentDescriptors)> control = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t n = 0;
  while ((n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (n <= 0) {
    return std::nullopt;
  }
  packet.text.resize(static_cast<size_t>(n));
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
      packet.descriptors.emplace_back(fd);
    }
  }
  return packet;
}

}  // namespace runtime::network
