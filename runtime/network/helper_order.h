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
    // Descriptors: a UDP and a listening TCP socket. There it answers for the names of members.
    kServeNames = 's',
    // The same, and for each of `addresses` so many UDP and TCP sockets of the host's network
    // (kUpstreamDatagrams, kUpstreamConnections): there it asks these nameservers for other names.
    kServeAll = 'f',
    kAddName = '+',   // `name` of member `member` has `addresses`
    kPinName = 'p',   // the same, for the questions of this member alone
    kRestrict = 'r',  // `member` gets no answers from nameservers
    // A bound descriptor of the host's network: what comes there goes to `port` of the first of
    // `addresses`, which is `member`'s.
    kRelayTcp = 't',
    kRelayUdp = 'u',
    kDropMember = '-',  // all that was said of `member` is void
  };
  Kind kind = Kind::kServeNames;
  unsigned member = 0;
  uint16_t port = 0;
  std::string name = {};
  std::vector<IpAddress> addresses = {};
  bool operator==(const HelperOrder&) const = default;
};

std::string Encode(const HelperOrder& order);
// Nothing when it isn't one.
std::optional<HelperOrder> DecodeHelperOrder(std::string_view packet);

// The helper finds the socket here, and says first whether it serves: kHelperStarted, or
// kHelperFailed and why not. A guard sends a pidfd of what it started along.
inline constexpr int kHelperControl = 3;
inline constexpr std::string_view kHelperStarted = "started";
inline constexpr std::string_view kHelperFailed = "failed: ";

// Its arguments are the network's owner; those of a guard of the way out (helper/way_out_guard.h)
// are kGuardWayOut, the owner, and a command.
inline constexpr char kHelperName[] = "runner-network";

// Where a guard finds the namespaces of the job, and where what it starts says that it is ready.
inline constexpr char kGuardWayOut[] = "way-out";
inline constexpr int kGuardUserNamespace = kHelperControl + 1;
inline constexpr int kGuardNetworkNamespace = kHelperControl + 2;
inline constexpr int kGuardReady = kHelperControl + 3;

inline constexpr size_t kUpstreamDatagrams = 16;
inline constexpr size_t kUpstreamConnections = 4;

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
