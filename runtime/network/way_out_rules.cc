#include "runtime/network/way_out_rules.h"

#include <algorithm>

#include "runtime/network/address_plan.h"
#include "runtime/network/closed_networks.h"

namespace runtime::network {
namespace {

// By number (IP protocols: 1 and 58 are ICMP's), since a host may be without /etc/protocols.
constexpr char kTcp[] = "6";
constexpr char kUdp[] = "17";

std::string Join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text += (text.empty() ? "" : ", ") + item;
  }
  return text;
}

// A set of that name for each version of IP: "closed4" and "closed6".
std::string Sets(const std::string& name, const std::vector<IpNetwork>& networks) {
  std::string text;
  for (const bool v6 : {false, true}) {
    std::vector<std::string> elements;
    for (const IpNetwork& network : networks) {
      if (network.address.v6 == v6) {
        elements.push_back(network.ToString());
      }
    }
    text += "  set " + name + (v6 ? "6" : "4") + " {\n    type ipv" + (v6 ? "6" : "4") +
            "_addr\n    flags interval\n    auto-merge\n" +
            (elements.empty() ? "" : "    elements = { " + Join(elements) + " }\n") + "  }\n";
  }
  return text;
}

// The elements of one version for an uplink: "u3" . 192.0.2.1/32 . 6 . 443.
std::vector<std::string> ListElements(const std::string& uplink, bool v6,
                                      const std::vector<EgressTarget>& targets) {
  std::vector<std::string> elements;
  for (const EgressTarget& target : targets) {
    for (const IpNetwork& network : target.networks) {
      for (const char* protocol : {kTcp, kUdp}) {
        if (network.address.v6 == v6) {
          elements.push_back("\"" + uplink + "\" . " + network.ToString() + " . " + protocol +
                             " . " + std::to_string(target.port));
        }
      }
    }
  }
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return elements;
}

}  // namespace

std::string WayOutRules(const std::vector<IpNetwork>& allowed, const std::vector<IpAddress>& own) {
  std::vector<IpNetwork> closed = ClosedNetworks();
  for (const IpAddress& address : own) {
    closed.push_back({address, address.bits()});
  }
  const std::string resolver = BridgeAddresses(1)[0].address.ToString();
  const std::string outer_resolver = UplinkAddresses(1)[0].address.ToString();
  // Anew, should an earlier attempt have come that far.
  return "table inet runner\ndelete table inet runner\ntable inet runner {\n" +
         Sets("allowed", allowed) + Sets("closed", closed) +
         R"(  set listed {
    type ifname
  }
  set list4 {
    type ifname . ipv4_addr . inet_proto . inet_service
    flags interval
  }
  set list6 {
    type ifname . ipv6_addr . inet_proto . inet_service
    flags interval
  }
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
    comment "a source address that isn't the sender's"
    iifname "job" fib saddr . iif oif missing drop
    iifname "u*" fib saddr . iif oif missing drop
  }
  chain refuse {
    comment "an ICMP message alone would reach who connects a second later"
    meta l4proto 6 reject with tcp reset
    reject with icmpx admin-prohibited
  }
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
    meta l4proto { 1, 58 } accept
    iifname "job" ip daddr )" +
         resolver + R"( meta l4proto { 6, 17 } th dport 53 accept
    iifname "u*" ip daddr )" +
         outer_resolver + R"( meta l4proto { 6, 17 } th dport 53 accept
    goto refuse
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "job" oifname "job" accept comment "bridged, where br_netfilter is on"
    ct state established,related accept
    iifname "u*" oifname "out" jump leave
    goto refuse
  }
  chain leave {
    iifname @listed meta nfproto ipv4 iifname . ip daddr . meta l4proto . th dport != @list4 goto refuse
    iifname @listed meta nfproto ipv6 iifname . ip6 daddr . meta l4proto . th dport != @list6 goto refuse
    ip daddr @allowed4 accept
    ip6 daddr @allowed6 accept
    ip daddr @closed4 goto refuse
    ip6 daddr @closed6 goto refuse
    accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "out" masquerade
  }
}
)";
}

std::string EgressRules(const std::string& uplink, const std::vector<EgressTarget>& targets) {
  std::string text = "add element inet runner listed { \"" + uplink + "\" }\n";
  for (const bool v6 : {false, true}) {
    const std::vector<std::string> elements = ListElements(uplink, v6, targets);
    if (!elements.empty()) {
      text += std::string("add element inet runner list") + (v6 ? "6" : "4") + " { " +
              Join(elements) + " }\n";
    }
  }
  return text;
}

}  // namespace runtime::network
