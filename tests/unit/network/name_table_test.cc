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
  EXPECT_THAT(*names.Find("db"), ElementsAre(kOne));
  EXPECT_THAT(*names.Find("DB"), ElementsAre(kOne));
  EXPECT_FALSE(names.Find("d"));
}

TEST(NameTable, HasAllWhoShareAName) {
  NameTable names;
  names.Add(1, "web", {kOne});
  names.Add(2, "web", {kTwo});
  EXPECT_THAT(*names.Find("web"), ElementsAre(kOne, kTwo));
}

TEST(NameTable, ForgetsAMemberWithAllItsNamesAndNoOther) {
  NameTable names;
  names.Add(1, "web", {kOne});
  names.Add(1, "www", {kOne});
  names.Add(2, "web", {kTwo});
  names.DropMember(1);
  EXPECT_THAT(*names.Find("web"), ElementsAre(kTwo));
  EXPECT_FALSE(names.Find("www"));
}

TEST(NameTable, AnswersWithABoundedNumberOfAddresses) {
  NameTable names;
  for (unsigned member = 0; member < 1000; ++member) {
    names.Add(member, "web", {kOne});
  }
  EXPECT_LE(names.Find("web")->size(), 32u);
}

}  // namespace
}  // namespace runtime::network::helper
