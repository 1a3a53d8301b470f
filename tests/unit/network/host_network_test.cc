#include "runtime/network/host_network.h"

#include <gmock/gmock.h>

namespace runtime::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(HostNetwork, TakesTheFirstThreeNameserversThatAreAddresses) {
  EXPECT_THAT(ParseNameservers("# nameserver 192.0.2.9\n"
                               "search example.org\n"
                               "nameserver 192.0.2.1\n"
                               "nameserver fe80::1%eth0\n"
                               "nameserver\tfd00::1 # more\n"
                               "nameserver\n"
                               "nameserver 127.0.0.53\n"
                               "nameserver 192.0.2.4"),
              ElementsAre(*IpAddress::Parse("192.0.2.1"), *IpAddress::Parse("fd00::1"),
                          *IpAddress::Parse("127.0.0.53")));
  EXPECT_THAT(ParseNameservers(""), IsEmpty());
}

TEST(HostNetwork, FindsADefaultRouteOfIpv4) {
  const std::string head =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n";
  const std::string link = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
  EXPECT_FALSE(HasDefaultRoute4(""));
  EXPECT_FALSE(HasDefaultRoute4(head + link));
  EXPECT_TRUE(HasDefaultRoute4(head + link +
                               "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"));
  // Unreachable; and half of everything.
  EXPECT_FALSE(
      HasDefaultRoute4(head + "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"));
  EXPECT_FALSE(
      HasDefaultRoute4(head + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"));
}

TEST(HostNetwork, FindsADefaultRouteOfIpv6) {
  const std::string zeros(32, '0');
  const std::string none =
      zeros + " 00 " + zeros + " 00 " + zeros + " ffffffff 00000001 00000000 00200200       lo\n";
  EXPECT_FALSE(HasDefaultRoute6(""));
  EXPECT_FALSE(HasDefaultRoute6(none));
  EXPECT_TRUE(HasDefaultRoute6(none + zeros + " 00 " + zeros +
                               " 00 fd000000000000000000000000000001 00000400 00000002 00000000 "
                               "00000003     eth0\n"));
}

TEST(HostNetwork, KnowsItsOwnLoopbackAddress) {
  EXPECT_THAT(HostNetwork::Read().addresses, testing::Contains(*IpAddress::Parse("127.0.0.1")));
}

}  // namespace
}  // namespace runtime::network
