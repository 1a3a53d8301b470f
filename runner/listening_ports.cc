#include "runner/listening_ports.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/base/files.h"
#include "runtime/base/text.h"
#include "runtime/network/namespaces.h"

namespace runner {
namespace {

constexpr size_t kMaxTable = 64u << 20;
// What a socket's column "st" says: that it listens (TCP_LISTEN), and for UDP that it is bound and
// takes from anybody (TCP_CLOSE).
constexpr std::string_view kListens = "0A";
constexpr std::string_view kIsBound = "07";

std::string_view TakeWord(std::string_view& line) {
  const size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const size_t end = std::min(line.find(' ', begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

// The kernel prints an address by words of 32 bits, each in the order of this machine.
bool IsLoopbackAddress(std::string_view hex) {
  in6_addr address = {};
  const size_t words = hex.size() / 8;
  for (size_t i = 0; i < words && i < 4; ++i) {
    const uint32_t word =
        runtime::base::ParseInteger<uint32_t>(hex.substr(i * 8, 8), 16).value_or(0);
    std::memcpy(&address.s6_addr[i * 4], &word, sizeof word);
  }
  if (words == 1) {
    return address.s6_addr[0] == 127;
  }
  return IN6_IS_ADDR_LOOPBACK(&address) ||
         (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

}  // namespace

std::optional<ContainerPort> ParseContainerPort(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string_view protocol = text.substr(slash);
  const auto number = runtime::base::ParseInteger<uint16_t>(text.substr(0, slash));
  if (!number || *number == 0 || (!protocol.empty() && protocol != "/tcp" && protocol != "/udp")) {
    return std::nullopt;
  }
  return ContainerPort{*number, protocol == "/udp"};
}

Listening FindListener(std::string_view table, const ContainerPort& port) {
  Listening found = Listening::kNo;
  while (!table.empty() && found != Listening::kYes) {
    const size_t end = std::min(table.find('\n'), table.size());
    std::string_view line = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
    TakeWord(line);  // "12:", the socket's number
    const std::string_view local = TakeWord(line);
    TakeWord(line);  // the other side
    const std::string_view state = TakeWord(line);
    const size_t colon = local.find(':');
    if (state != (port.udp ? kIsBound : kListens) || colon == std::string_view::npos ||
        runtime::base::ParseInteger<uint16_t>(local.substr(colon + 1), 16) != port.number) {
      continue;
    }
    found = IsLoopbackAddress(local.substr(0, colon)) ? Listening::kOnLoopback : Listening::kYes;
  }
  return found;
}

Listening FindListener(int network, const ContainerPort& port) {
  const std::string name = std::string("/proc/thread-self/net/") + (port.udp ? "udp" : "tcp");
  Listening found = Listening::kNo;
  runtime::network::InsideNetwork(network, [&] {
    for (const std::string& file : {name, name + "6"}) {
      // Without IPv6 there is no second one.
      const auto table = runtime::base::ReadFileIfExists(file, kMaxTable);
      found = std::max(found, FindListener(table.value_or(""), port));
    }
  });
  return found;
}

}  // namespace runner
