#include "runtime/container/user.h"

#include <gmock/gmock.h>

#include "runtime/base/error.h"

namespace runtime::container {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kPasswd[] =
    "root:x:0:0:root:/root:/bin/sh\n"
    "ada:x:1000:100:Ada:/home/ada:/bin/sh\n"
    "bad:x:-1:0::/:/bin/sh\n"
    "worse:x:4294967295:0::/:/bin/sh\n"
    "short:x:7\n"
    "nogroup:x:8:what::/:/bin/sh\n"
    "4000:x:0:0:evil:/root:/bin/sh\n"
    "last:x:9:9::/last:/bin/sh";
constexpr char kGroup[] =
    "root:x:0:\n"
    "users:x:100:ada\n"
    "wheel:x:10:root,ada\n"
    "other:x:11:adam,bada\n"
    "bad:x:0x0:ada\n"
    "5000:x:0:\n";

Account Resolve(std::string_view text) { return ResolveUser(text, kPasswd, kGroup); }

TEST(ResolveUser, EmptyAndZeroAreRoot) {
  for (const char* text : {"", "0", "root", "0:0", "root:root"}) {
    EXPECT_EQ(Resolve(text).user.uid, 0u) << text;
    EXPECT_EQ(Resolve(text).user.gid, 0u) << text;
    EXPECT_EQ(Resolve(text).home, "/root") << text;
  }
}

TEST(ResolveUser, NameGivesTheWholeAccount) {
  const Account account = Resolve("ada");
  EXPECT_EQ(account.user.uid, 1000u);
  EXPECT_EQ(account.user.gid, 100u);
  EXPECT_EQ(account.home, "/home/ada");
  EXPECT_THAT(account.user.groups, ElementsAre(100, 10));
}

TEST(ResolveUser, NumberOfAnAccountGivesTheSame) {
  EXPECT_EQ(Resolve("1000").user.gid, 100u);
  EXPECT_EQ(Resolve("1000").home, "/home/ada");
}

TEST(ResolveUser, NumberWithoutAnAccountHasGroupZeroAndNoHome) {
  EXPECT_EQ(Resolve("1234").user.uid, 1234u);
  EXPECT_EQ(Resolve("1234").user.gid, 0u);
  EXPECT_EQ(Resolve("1234").home, "/");
}

TEST(ResolveUser, GivenGroupReplacesAllOfTheAccounts) {
  EXPECT_EQ(Resolve("ada:wheel").user.gid, 10u);
  EXPECT_EQ(Resolve("ada:77").user.gid, 77u);
  EXPECT_THAT(Resolve("ada:77").user.groups, IsEmpty());
}

// CVE-2026-46680: an account with digits for a name.
TEST(ResolveUser, DigitsAreANumberAndNeverAName) {
  EXPECT_EQ(Resolve("4000").user.uid, 4000u);
  EXPECT_EQ(Resolve("4000").user.gid, 0u);
  EXPECT_EQ(Resolve("4000").home, "/");
  EXPECT_EQ(Resolve("1:5000").user.gid, 5000u);
}

// CVE-2026-30892: odd text that other readers take for root.
TEST(ResolveUser, RefusesWhatIsNeitherNameNorNumber) {
  for (const char* text : {"-1",
                           "+1",
                           "4294967295",
                           "4294967296",
                           "2147483648",
                           "0x0",
                           " 1",
                           "1 ",
                           " ",
                           "1:",
                           ":1",
                           ":",
                           "1000abc",
                           "12345678901234567890",
                           "18446744073709551616",
                           "0:0:0",
                           "ada:wheel:x",
                           "nobody",
                           "ada:nobody",
                           "ada:-1",
                           "ada:4294967295",
                           "ada:0x0",
                           "1:12345678901234567890",
                           "bad",
                           "worse",
                           "short",
                           "1:bad",
                           "\n",
                           "ada\n",
                           "1.0",
                           "1e3",
                           "root:x:0"}) {
    try {
      const Account account = Resolve(text);
      ADD_FAILURE() << "'" << text << "' became " << account.user.uid << ":" << account.user.gid;
    } catch (const base::Error& e) {
      EXPECT_EQ(e.kind(), base::ErrorKind::kUsage) << text;
      EXPECT_THAT(e.what(), testing::HasSubstr("expected a name or number")) << text;
    }
  }
}

// Not even to the group that an account without one would have.
TEST(ResolveUser, NeverTakesAGroupThatCannotBeReadForRoots) {
  for (const char* text : {"nogroup", "8"}) {
    try {
      Resolve(text);
      ADD_FAILURE() << text;
    } catch (const base::Error& e) {
      EXPECT_EQ(e.kind(), base::ErrorKind::kUsage) << text;
      EXPECT_THAT(e.what(), testing::HasSubstr("no group that is a number")) << text;
    }
  }
  for (const char* gid : {"", "-1", "+0", "0x0", " 0", "2147483648", "4294967296"}) {
    EXPECT_THROW(ResolveUser("a", std::string("a:x:5:") + gid + "::/:/bin/sh", ""), base::Error)
        << gid;
  }
  EXPECT_EQ(Resolve("nogroup:5").user.gid, 5u);
  EXPECT_EQ(Resolve("8:users").user.gid, 100u);
}

TEST(ResolveUser, TakesNoOddTextForTheNameOfAnOddLine) {
  constexpr char kOddPasswd[] = ":x:0:0::/:\n-1:x:0:0::/:\n";
  constexpr char kOddGroup[] = ":x:0:\n4294967295:x:0:\n";
  for (const char* text : {":1", ":", "1:", "1:4294967295"}) {
    EXPECT_THROW(ResolveUser(text, kOddPasswd, kOddGroup), base::Error) << text;
  }
}

TEST(ResolveUser, RefusesANulCharacter) {
  EXPECT_THROW(Resolve(std::string_view("0\0x", 3)), base::Error);
  EXPECT_THROW(Resolve(std::string_view("\0", 1)), base::Error);
}

TEST(ResolveUser, ReadsALastLineWithoutItsEnd) { EXPECT_EQ(Resolve("last").user.uid, 9u); }

TEST(ResolveUser, FirstLineOfAnAccountCounts) {
  EXPECT_EQ(ResolveUser("a", "a:x:5:5::/:\na:x:0:0::/:\n", "").user.uid, 5u);
}

TEST(ResolveUser, WorksWithoutAnyFile) {
  EXPECT_EQ(ResolveUser("5:6", "", "").user.gid, 6u);
  EXPECT_THROW(ResolveUser("ada", "", ""), base::Error);
}

TEST(ResolveUser, BoundsTheGroups) {
  std::string group;
  for (int i = 1; i <= 1000; ++i) {
    group += "g" + std::to_string(i) + ":x:" + std::to_string(i) + ":ada\n";
  }
  EXPECT_LE(ResolveUser("ada", kPasswd, group).user.groups.size(), 256u);
}

}  // namespace
}  // namespace runtime::container
