// Links: the devices, addresses and routes of one network namespace, made by netlink. Devices are
// numbered by whoever makes them, so that nothing needs to be looked up.
#pragma once

#include <string>

#include "runtime/network/ip_address.h"
#include "runtime/network/netlink.h"

namespace runtime::network {

// The loopback device of every network namespace.
inline constexpr int kLoopback = 1;

// One end of a veth pair.
struct LinkEnd {
  std::string name;  // at most 15 bytes
  int index = 0;     // in its namespace
};

// For one thread at a time. Everything throws Error that names the device; kUnsupported with what
// to do when the kernel has no such thing.
class Links {
 public:
  // Those of the namespace that the calling thread is in now.
  Links() = default;

  void AddBridge(const LinkEnd& bridge, uint32_t mtu);
  // `ours` becomes a port of the device `bridge` unless that is 0, and is raised; `theirs` is made
  // in the namespace `their_network` and stays down.
  void AddVeth(const LinkEnd& ours, int bridge, const LinkEnd& theirs, int their_network,
               uint32_t mtu);
  void Raise(int index);
  // Does nothing when it isn't there. The other end of a pair goes with it.
  void Remove(int index);
  // False where this host has no IPv6.
  bool AddAddress(int index, const IpNetwork& address);
  // To `network` through the device, to `gateway` when there is one (else its addresses are on the
  // link itself).
  void AddRoute(int index, const IpNetwork& network, const IpAddress* gateway = nullptr);
  void AddDefaultRoute(int index, const IpAddress& gateway);

 private:
  void Expect(int number, const std::string& what) const;

  NetlinkSocket socket_;
};

// Both of the network namespace that the calling thread is in now. Throw Error.

// Lets packets pass from device to device.
void ForwardPackets(bool v6);
// The number of a device that somebody else made.
int FindLink(const char* name);

}  // namespace runtime::network
