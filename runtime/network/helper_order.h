// HelperOrder: what the runner tells the process that serves a job's network (helper/main.cc), one
// packet each over a socket of the kind SOCK_SEQPACKET. Both are of one build.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/network/ip_address.h"

namespace runtime::network {

struct HelperOrder {
  enum class Kind : char {
    kServeNames = 's',  // descriptors: a UDP and a listening TCP socket; answer with names here
    kAddName = '+',     // `name` of member `member` has `addresses`
    kDropMember = '-',  // all names of `member` are gone
  };
  Kind kind = Kind::kServeNames;
  unsigned member = 0;
  std::string name = {};
  std::vector<IpAddress> addresses = {};
  bool operator==(const HelperOrder&) const = default;
};

std::string Encode(const HelperOrder& order);
// Nothing when it isn't one.
std::optional<HelperOrder> DecodeHelperOrder(std::string_view packet);

// The helper finds the socket here, and says this first.
inline constexpr int kHelperControl = 3;
inline constexpr std::string_view kHelperStarted = "started";

// Most descriptors of one packet.
inline constexpr size_t kMaxSentDescriptors = 64;

// Throws Error.
void SendPacket(int socket, std::string_view text, const std::vector<int>& descriptors);

struct Packet {
  std::string text;
  std::vector<base::UniqueFd> descriptors;
};
// Waits for one. Nothing at the end, and on a failure of the socket.
std::optional<Packet> ReceivePacket(int socket);

}  // namespace runtime::network
