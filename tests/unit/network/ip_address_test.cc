#include "runtime/network/ip_address.h"

#include <gmock/gmock.h>

namespace runtime::network {
namespace {

TEST(IpAddress, ReadsBothVersions) {
  EXPECT_EQ(IpAddress::Parse("10.0.0.1")->ToString(), "10.0.0.1");
  EXPECT_EQ(IpAddress::Parse("fd00:0::1")->ToString(), "fd00::1");
}

TEST(IpAddress, TakesNoOtherText) {
  for (const std::string text :
       {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "fe80::1%eth0", "::1::", "a.b.c.d",
        "10.0.0.1/8", "0x0a000001", "1.2.3.4.5"}) {
    EXPECT_FALSE(IpAddress::Parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::Parse(std::string("10.0.0.1\0", 9)));
  EXPECT_FALSE(IpAddress::Parse(std::string(1000, '1')));
}

TEST(IpNetwork, ReadsARangeOrOneAddress) {
  EXPECT_EQ(IpNetwork::Parse("10.0.0.0/8")->prefix, 8u);
  EXPECT_EQ(IpNetwork::Parse("10.0.0.1")->ToString(), "10.0.0.1/32");
  EXPECT_EQ(IpNetwork::Parse("fd00::/8")->ToString(), "fd00::/8");
  EXPECT_EQ(IpNetwork::Parse("::1")->prefix, 128u);
}

TEST(IpNetwork, RefusesBitsBehindThePrefixAndOtherPrefixes) {
  for (const char* text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x",
                           "fd00::1/64", "fd00::/129", "/8"}) {
    EXPECT_FALSE(IpNetwork::Parse(text)) << text;
  }
}

TEST(IpNetwork, ContainsItsAddressesAndNoOther) {
  const IpNetwork network = *IpNetwork::Parse("172.16.0.0/12");
  EXPECT_TRUE(network.Contains(*IpAddress::Parse("172.16.0.0")));
  EXPECT_TRUE(network.Contains(*IpAddress::Parse("172.31.255.255")));
  EXPECT_FALSE(network.Contains(*IpAddress::Parse("172.32.0.0")));
  EXPECT_FALSE(network.Contains(*IpAddress::Parse("ac10::1")));
  EXPECT_TRUE(IpNetwork::Parse("0.0.0.0/0")->Contains(*IpAddress::Parse("255.1.2.3")));
  EXPECT_TRUE(IpNetwork::Parse("fc00::/7")->Contains(*IpAddress::Parse("fd12::3")));
}

}  // namespace
}  // namespace runtime::network
