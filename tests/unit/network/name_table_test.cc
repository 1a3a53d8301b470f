#include "runtime/network/helper/name_table.h"

#include <gmock/gmock.h>

namespace runtime::network::helper {
namespace {

using testing::ElementsAre;

const IpAddress kOne = *IpAddress::Parse("10.0.0.1");
const IpAddress kTwo = *IpAddress::Parse("10.0.0.2");

TEST(NameTable, FindsANameInEitherCase) {
  NameTable names;
  names.Add(1, "Db", {kOne});
  EXPECT_THAT(*names.Find(0, "db"), ElementsAre(kOne));
  EXPECT_THAT(*names.Find(0, "DB"), ElementsAre(kOne));
  EXPECT_FALSE(names.Find(0, "d"));
}

TEST(NameTable, HasAllWhoShareAName) {
  NameTable names;
  names.Add(1, "web", {kOne});
  names.Add(2, "web", {kTwo});
  EXPECT_THAT(*names.Find(0, "web"), ElementsAre(kOne, kTwo));
}

TEST(NameTable, ForgetsAMemberWithAllItsNamesAndNoOther) {
  NameTable names;
  names.Add(1, "web", {kOne});
  names.Add(1, "www", {kOne});
  names.Add(2, "web", {kTwo});
  names.DropMember(1);
  EXPECT_THAT(*names.Find(0, "web"), ElementsAre(kTwo));
  EXPECT_FALSE(names.Find(0, "www"));
}

TEST(NameTable, HasPinnedNamesForOneMemberAlone) {
  NameTable names;
  names.Pin(1, "Example.org", {kOne});
  names.Restrict(1);
  EXPECT_THAT(*names.Find(1, "example.ORG"), ElementsAre(kOne));
  EXPECT_FALSE(names.Find(2, "example.org"));
  EXPECT_TRUE(names.IsRestricted(1));
  EXPECT_FALSE(names.IsRestricted(2));

  names.DropMember(1);
  EXPECT_FALSE(names.Find(1, "example.org"));
  EXPECT_FALSE(names.IsRestricted(1));
}

TEST(NameTable, PutsMembersBeforePinnedNames) {
  NameTable names;
  names.Pin(1, "db", {kOne});
  names.Add(2, "db", {kTwo});
  EXPECT_THAT(*names.Find(1, "db"), ElementsAre(kTwo));
}

TEST(NameTable, AnswersWithABoundedNumberOfAddresses) {
  NameTable names;
  for (unsigned member = 0; member < 1000; ++member) {
    names.Add(member, "web", {kOne});
  }
  EXPECT_LE(names.Find(0, "web")->size(), 32u);
}

}  // namespace
}  // namespace runtime::network::helper
