#include "runtime/network/netlink.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "runtime/base/error.h"

namespace runtime::network {

using base::Error;

NetlinkMessage::NetlinkMessage(uint16_t type, uint16_t flags) {
  nlmsghdr header = {};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  Append(&header, sizeof header);
}

void NetlinkMessage::Append(const void* data, size_t size) {
  bytes_.append(static_cast<const char*>(data), size);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void NetlinkMessage::Put(uint16_t attribute, std::span<const uint8_t> value) {
  const nlattr header = {static_cast<uint16_t>(NLA_HDRLEN + value.size()), attribute};
  Append(&header, sizeof header);
  Append(value.data(), value.size());
}

void NetlinkMessage::Put(uint16_t attribute, uint32_t value) {
  std::array<uint8_t, sizeof value> bytes;
  std::memcpy(bytes.data(), &value, sizeof value);
  Put(attribute, bytes);
}

void NetlinkMessage::Put(uint16_t attribute, std::string_view text) {
  const std::string whole(text);
  Put(attribute, std::span(reinterpret_cast<const uint8_t*>(whole.c_str()), whole.size() + 1));
}

size_t NetlinkMessage::Begin(uint16_t attribute) {
  const size_t begin = bytes_.size();
  const nlattr header = {0, attribute};
  Append(&header, sizeof header);
  return begin;
}

void NetlinkMessage::End(size_t begin) {
  const auto length = static_cast<uint16_t>(bytes_.size() - begin);
  std::memcpy(bytes_.data() + begin, &length, sizeof length);
}

std::string_view NetlinkMessage::Finish(uint32_t sequence) {
  nlmsghdr header;
  std::memcpy(&header, bytes_.data(), sizeof header);
  header.nlmsg_len = static_cast<uint32_t>(bytes_.size());
  header.nlmsg_seq = sequence;
  std::memcpy(bytes_.data(), &header, sizeof header);
  return bytes_;
}

NetlinkSocket::NetlinkSocket() : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
  if (!fd_) {
    throw Error::FromErrno("netlink socket");
  }
}

int NetlinkSocket::Request(NetlinkMessage& message) {
  const std::string_view bytes = message.Finish(++sequence_);
  if (::send(fd_.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error::FromErrno("ask the kernel by netlink");
  }
  while (true) {
    alignas(nlmsghdr) std::array<char, 8192> buffer;
    const ssize_t n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    nlmsghdr header;
    nlmsgerr answer;
    if (n < static_cast<ssize_t>(sizeof header + sizeof answer)) {
      throw Error::FromErrno("answer of the kernel by netlink", n < 0 ? errno : EPROTO);
    }
    std::memcpy(&header, buffer.data(), sizeof header);
    std::memcpy(&answer, buffer.data() + sizeof header, sizeof answer);
    if (header.nlmsg_type == NLMSG_ERROR && header.nlmsg_seq == sequence_) {
      return -answer.error;
    }
  }
}

}  // namespace runtime::network
