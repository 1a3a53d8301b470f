#include "runtime/git/helper/address_policy.h"

#include <gtest/gtest.h>

namespace runtime::git {
namespace {

using network::IpAddress;

bool Allows(const std::vector<const char*>& own, const char* address) {
  std::vector<IpAddress> addresses;
  for (const char* text : own) {
    addresses.push_back(*IpAddress::Parse(text));
  }
  return AddressPolicy(addresses).Allows(*IpAddress::Parse(address));
}

TEST(AddressPolicy, LetsARepositoryOfTheWorldLeadToTheWorldAlone) {
  EXPECT_TRUE(Allows({"203.0.114.1"}, "198.51.101.7"));
  EXPECT_TRUE(Allows({}, "2a00::1"));
  for (const char* address : {"127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "100.64.0.1",
                              "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
                              "fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::"}) {
    EXPECT_FALSE(Allows({"203.0.114.1", "2a00::1"}, address)) << address;
  }
}

TEST(AddressPolicy, LetsAPrivateRepositoryLeadToPrivateNetworksAndNotToThisHost) {
  EXPECT_TRUE(Allows({"10.0.0.1"}, "192.168.5.6"));
  EXPECT_TRUE(Allows({"10.0.0.1"}, "198.51.101.7"));
  EXPECT_FALSE(Allows({"10.0.0.1"}, "127.0.0.1"));
  EXPECT_FALSE(Allows({"10.0.0.1"}, "169.254.169.254"));
}

TEST(AddressPolicy, LetsARepositoryOfThisHostLeadToThisHostAndToNoPrivateNetwork) {
  EXPECT_TRUE(Allows({"127.0.0.1"}, "127.0.0.2"));
  EXPECT_TRUE(Allows({"::1"}, "127.0.0.1"));
  EXPECT_FALSE(Allows({"127.0.0.1"}, "10.0.0.1"));
  EXPECT_FALSE(Allows({"127.0.0.1"}, "0.0.0.0"));
  EXPECT_FALSE(Allows({"169.254.1.1"}, "169.254.169.254"));
}

}  // namespace
}  // namespace runtime::git
