#include "runtime/network/links.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;

ifinfomsg Header(int index, unsigned flags) {
  ifinfomsg header = {};
  header.ifi_index = index;
  header.ifi_flags = flags;
  header.ifi_change = flags;
  return header;
}

constexpr uint16_t kNew = NLM_F_CREATE | NLM_F_EXCL;

}  // namespace

void Links::Expect(int number, const std::string& what) const {
  // A kind of device that the kernel can't load is one that isn't supported (rtnl_newlink).
  if (number == EOPNOTSUPP) {
    throw Error(ErrorKind::kUnsupported, what + ": this kernel doesn't offer it", number);
  }
  if (number != 0) {
    throw Error::FromErrno(what, number);
  }
}

void Links::AddBridge(const LinkEnd& bridge, uint32_t mtu) {
  NetlinkMessage message(RTM_NEWLINK, kNew);
  message.PutHeader(Header(bridge.index, IFF_UP));
  message.Put(IFLA_IFNAME, bridge.name);
  message.Put(IFLA_MTU, mtu);
  const size_t info = message.Begin(IFLA_LINKINFO);
  message.Put(IFLA_INFO_KIND, std::string_view("bridge"));
  message.End(info);
  Expect(socket_.Request(message), "make a bridge (modprobe bridge)");
}

void Links::AddVeth(const LinkEnd& ours, int bridge, const LinkEnd& theirs, int their_network,
                    uint32_t mtu) {
  NetlinkMessage message(RTM_NEWLINK, kNew);
  message.PutHeader(Header(ours.index, IFF_UP));
  message.Put(IFLA_IFNAME, ours.name);
  message.Put(IFLA_MTU, mtu);
  if (bridge != 0) {
    message.Put(IFLA_MASTER, static_cast<uint32_t>(bridge));
  }
  const size_t info = message.Begin(IFLA_LINKINFO);
  message.Put(IFLA_INFO_KIND, std::string_view("veth"));
  const size_t data = message.Begin(IFLA_INFO_DATA);
  const size_t peer = message.Begin(VETH_INFO_PEER);
  message.PutHeader(Header(theirs.index, 0));
  message.Put(IFLA_IFNAME, theirs.name);
  message.Put(IFLA_MTU, mtu);
  message.Put(IFLA_NET_NS_FD, static_cast<uint32_t>(their_network));
  message.End(peer);
  message.End(data);
  message.End(info);
  Expect(socket_.Request(message), "make a pair of virtual devices (modprobe veth)");
}

void Links::Raise(int index) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  message.PutHeader(Header(index, IFF_UP));
  Expect(socket_.Request(message), "raise device " + std::to_string(index));
}

void Links::Remove(int index) {
  NetlinkMessage message(RTM_DELLINK, 0);
  message.PutHeader(Header(index, 0));
  const int number = socket_.Request(message);
  Expect(number == ENODEV ? 0 : number, "remove device " + std::to_string(index));
}

bool Links::AddAddress(int index, const IpNetwork& network) {
  const IpAddress& address = network.address;
  ifaddrmsg header = {};
  header.ifa_family = static_cast<uint8_t>(address.family());
  header.ifa_prefixlen = static_cast<uint8_t>(network.prefix);
  // Nobody else has it: no second of waiting until it may be used (RFC 4862, duplicate addresses).
  header.ifa_flags = IFA_F_NODAD;
  header.ifa_index = static_cast<uint32_t>(index);
  NetlinkMessage message(RTM_NEWADDR, kNew);
  message.PutHeader(header);
  message.Put(IFA_LOCAL, address.data());
  message.Put(IFA_ADDRESS, address.data());
  const int number = socket_.Request(message);
  // No IPv6 in the kernel, or switched off by disable_ipv6.
  if (address.v6 && (number == EOPNOTSUPP || number == EAFNOSUPPORT || number == EACCES)) {
    return false;
  }
  Expect(number, "give device " + std::to_string(index) + " the address " + network.ToString());
  return true;
}

void Links::AddRoute(int index, const IpNetwork& network, const IpAddress* gateway) {
  rtmsg header = {};
  header.rtm_family = static_cast<uint8_t>(network.address.family());
  header.rtm_dst_len = static_cast<uint8_t>(network.prefix);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = gateway == nullptr && !network.address.v6 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  NetlinkMessage message(RTM_NEWROUTE, kNew);
  message.PutHeader(header);
  if (network.prefix > 0) {
    message.Put(RTA_DST, network.address.data());
  }
  if (gateway != nullptr) {
    message.Put(RTA_GATEWAY, gateway->data());
  }
  message.Put(RTA_OIF, static_cast<uint32_t>(index));
  Expect(socket_.Request(message), "route to " + network.ToString());
}

void Links::AddDefaultRoute(int index, const IpAddress& gateway) {
  IpNetwork everything;
  everything.address.v6 = gateway.v6;
  AddRoute(index, everything, &gateway);
}

void ForwardPackets(bool v6) {
  const auto switch_on = [](const char* path) {
    base::WriteAll(base::OpenFile(path, O_WRONLY).get(), "1", path);
  };
  switch_on("/proc/sys/net/ipv4/ip_forward");
  if (v6) {
    switch_on("/proc/sys/net/ipv6/conf/all/forwarding");
  }
}

int FindLink(const char* name) {
  const unsigned index = ::if_nametoindex(name);
  if (index == 0) {
    throw Error::FromErrno(std::string("find the device ") + name);
  }
  return static_cast<int>(index);
}

}  // namespace runtime::network
