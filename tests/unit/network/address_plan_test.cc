#include "runtime/network/address_plan.h"

#include <gtest/gtest.h>

namespace runtime::network {
namespace {

TEST(AddressPlan, NumbersTheSameMemberAlikeEverywhere) {
  EXPECT_EQ(BridgeAddresses(2)[0].ToString(), "10.231.0.2/20");
  EXPECT_EQ(BridgeAddresses(2)[1].ToString(), "fd5a:3c1e:77b0::2/64");
  EXPECT_EQ(UplinkAddresses(258)[0].ToString(), "10.231.17.2/20");
  EXPECT_EQ(UplinkAddresses(258)[1].ToString(), "fd5a:3c1e:77b0:1::102/64");
}

TEST(AddressPlan, KnowsAMemberByItsUplinkAndByNothingElse) {
  EXPECT_EQ(UplinkMember(UplinkAddresses(2)[0].address), 2u);
  EXPECT_EQ(UplinkMember(UplinkAddresses(kLastMember)[0].address), kLastMember);
  EXPECT_EQ(UplinkMember(BridgeAddresses(2)[0].address), 0u);
  EXPECT_EQ(UplinkMember(*IpAddress::Parse("10.231.32.2")), 0u);
  EXPECT_EQ(UplinkMember(UplinkAddresses(2)[1].address), 0u);
  EXPECT_EQ(UplinkMember(*IpAddress::Parse("192.0.2.2")), 0u);
}

}  // namespace
}  // namespace runtime::network
