#include "runtime/network/host_network.h"

#include <ifaddrs.h>
#include <net/route.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::network {
namespace {

constexpr size_t kMaxNameservers = 3;
constexpr size_t kMaxRouteFile = 16u << 20;

// The words of each line.
std::vector<std::vector<std::string_view>> Table(std::string_view text) {
  std::vector<std::vector<std::string_view>> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    std::vector<std::string_view>& words = lines.emplace_back();
    for (size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
      const size_t stop = std::min(line.find_first_of(" \t", at), line.size());
      words.push_back(line.substr(at, stop - at));
      at = stop;
    }
  }
  return lines;
}

unsigned Hex(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

bool IsUsable(unsigned flags) { return (flags & (RTF_UP | RTF_REJECT)) == RTF_UP; }

std::vector<IpAddress> OwnAddresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    throw base::Error::FromErrno("addresses of this host");
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  std::vector<IpAddress> addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const std::optional<IpAddress> address =
        entry->ifa_addr == nullptr ? std::nullopt : IpAddress::From(*entry->ifa_addr);
    if (address) {
      addresses.push_back(*address);
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

}  // namespace

std::vector<IpAddress> ParseNameservers(std::string_view resolv_conf) {
  std::vector<IpAddress> servers;
  for (const std::vector<std::string_view>& words : Table(resolv_conf)) {
    if (words.size() >= 2 && words[0] == "nameserver" && servers.size() < kMaxNameservers) {
      if (const std::optional<IpAddress> address = IpAddress::Parse(words[1])) {
        servers.push_back(*address);
      }
    }
  }
  return servers;
}

bool HasDefaultRoute4(std::string_view routes) {
  const auto table = Table(routes);
  return std::any_of(table.begin(), table.end(), [](const auto& words) {
    return words.size() >= 8 && words[1] == "00000000" && words[7] == "00000000" &&
           IsUsable(Hex(words[3]));
  });
}

bool HasDefaultRoute6(std::string_view routes) {
  const auto table = Table(routes);
  return std::any_of(table.begin(), table.end(), [](const auto& words) {
    return words.size() >= 10 && words[0] == std::string(32, '0') && words[1] == "00" &&
           words[9] != "lo" && IsUsable(Hex(words[8]));
  });
}

HostNetwork HostNetwork::Read() {
  const auto text = [](const char* file) {
    return base::ReadFileIfExists(file, kMaxRouteFile).value_or("");
  };
  return {.v4 = HasDefaultRoute4(text("/proc/thread-self/net/route")),
          .v6 = HasDefaultRoute6(text("/proc/thread-self/net/ipv6_route")),
          .addresses = OwnAddresses(),
          .nameservers = ParseNameservers(text("/etc/resolv.conf"))};
}

}  // namespace runtime::network
