// What the rules do is tested with real packets, in tests/integration/network.
#include "runtime/network/way_out_rules.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/network/closed_networks.h"

namespace runtime::network {
namespace {

using testing::HasSubstr;
using testing::Not;

bool IsClosed(const char* address) {
  const std::vector<IpNetwork>& closed = ClosedNetworks();
  return std::any_of(closed.begin(), closed.end(), [&](const IpNetwork& network) {
    return network.Contains(*IpAddress::Parse(address));
  });
}

TEST(ClosedNetworks, HoldWhatIsNotTheWorld) {
  for (const char* address : {"0.0.0.0",
                              "10.0.0.1",
                              "100.64.0.1",
                              "127.0.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "198.19.0.1",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::1",
                              "::",
                              "fd00:ec2::254",
                              "fe80::1",
                              "fc00::1",
                              "ff02::1",
                              "::ffff:10.0.0.1",
                              "64:ff9b::a00:1",
                              "2002:a00:1::1",
                              "2001:0:1::1"}) {
    EXPECT_TRUE(IsClosed(address)) << address;
  }
}

TEST(ClosedNetworks, LeaveTheWorldOpen) {
  for (const char* address :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.0.1", "172.32.0.1", "169.253.0.1",
        "192.169.0.1", "223.255.255.255", "2606:4700::1111", "2001:db8::1", "3fff::1"}) {
    EXPECT_FALSE(IsClosed(address)) << address;
  }
}

TEST(WayOutRules, CloseTheHostsOwnAddressesAndOpenWhatIsAllowed) {
  const std::string rules =
      WayOutRules({*IpNetwork::Parse("10.1.0.0/16")}, {*IpAddress::Parse("192.0.2.7")});
  EXPECT_THAT(rules, HasSubstr("192.0.2.7/32"));
  EXPECT_THAT(rules, HasSubstr("elements = { 10.1.0.0/16 }"));
  // What is allowed is looked at first.
  EXPECT_LT(rules.find("@allowed4 accept"), rules.find("@closed4 goto"));
}

TEST(EgressRules, NameTheUplinkTheAddressTheProtocolAndThePort) {
  const EgressTarget target = {
      .name = "example.org",
      .networks = {*IpNetwork::Parse("192.0.2.1"), *IpNetwork::Parse("2001:db8::1")},
      .port = 443};
  EXPECT_EQ(EgressRules("u3", {target, target}),
            "add element inet runner listed { \"u3\" }\n"
            "add element inet runner list4 { \"u3\" . 192.0.2.1/32 . 17 . 443, "
            "\"u3\" . 192.0.2.1/32 . 6 . 443 }\n"
            "add element inet runner list6 { \"u3\" . 2001:db8::1/128 . 17 . 443, "
            "\"u3\" . 2001:db8::1/128 . 6 . 443 }\n");
}

TEST(EgressRules, WithoutTargetsLeaveNothingOpen) {
  EXPECT_EQ(EgressRules("u3", {}), "add element inet runner listed { \"u3\" }\n");
}

}  // namespace
}  // namespace runtime::network
