#include "runtime/network/address_plan.h"

namespace runtime::network {
namespace {

// `group`: 4096 addresses of IPv4, a /64 of IPv6.
std::vector<IpNetwork> Addresses(uint8_t group, unsigned number) {
  const auto high = static_cast<uint8_t>(number >> 8);
  const auto low = static_cast<uint8_t>(number);
  const IpAddress v4 = IpAddress::V4({10, 231, static_cast<uint8_t>(group << 4 | high), low});
  IpAddress v6;
  v6.v6 = true;
  v6.bytes = {0xfd, 0x5a, 0x3c, 0x1e, 0x77, 0xb0, 0, group, 0, 0, 0, 0, 0, 0, high, low};
  return {{v4, 20}, {v6, 64}};
}

}  // namespace

std::vector<IpNetwork> BridgeAddresses(unsigned number) { return Addresses(0, number); }
std::vector<IpNetwork> UplinkAddresses(unsigned number) { return Addresses(1, number); }

IpNetwork WayOutAddress6() { return {*IpAddress::Parse("fd00::64"), 64}; }
IpAddress WayOutRouter6() { return *IpAddress::Parse("fe80::2"); }

unsigned UplinkMember(const IpAddress& address) {
  const unsigned number =
      address.v6 ? 0u : static_cast<unsigned>(address.bytes[2] & 0x0f) << 8 | address.bytes[3];
  return UplinkAddresses(number)[0].address == address ? number : 0;
}

}  // namespace runtime::network
