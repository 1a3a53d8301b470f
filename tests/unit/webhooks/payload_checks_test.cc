#include "webhooks/payload_checks.h"

#include <gtest/gtest.h>

#include <string>

namespace webhooks {
namespace {

TEST(PayloadChecks, UglyRefNamesAreValidData) {
  for (const char* ref : {"refs/heads/$(id)", "refs/heads/a;b", "refs/heads/zzz\";echo${IFS}x;#",
                          "refs/heads/-x", "refs/heads/0123456789abcdef0123456789abcdef01234567",
                          "refs/heads/é", "refs/tags/v1.0", "refs/heads/'a'&|<>", "refs/heads/@"}) {
    EXPECT_TRUE(IsRefName(ref)) << ref;
  }
}

TEST(PayloadChecks, RefNamesThatGitRefusesAreRefused) {
  for (const std::string& ref :
       {std::string(), std::string("main"), std::string("refs/heads/"),
        std::string("refs/heads//a"), std::string("refs/heads/../a"), std::string("refs/heads/a b"),
        std::string("refs/heads/a~1"), std::string("refs/heads/a^"), std::string("refs/heads/a:b"),
        std::string("refs/heads/a.lock"), std::string("refs/heads/.a"),
        std::string("refs/heads/a."), std::string("refs/heads/a@{1}"),
        std::string("refs/heads/a\\b"), std::string("refs/heads/a\0b", 14),
        std::string("refs/heads/a\x7f"), "refs/heads/" + std::string(1100, 'a')}) {
    EXPECT_FALSE(IsRefName(ref)) << ref;
  }
}

TEST(PayloadChecks, OnlyRemoteUrlsMayBeCloned) {
  for (const char* url : {"https://github.com/o/r.git", "http://127.0.0.1:8080/r", "git://host/r",
                          "ssh://git@host:22/r", "https://[::1]/r"}) {
    EXPECT_TRUE(IsRemoteCloneUrl(url)) << url;
  }
  for (const char* url :
       {"", "/etc", "file:///etc", "ext::sh -c id", "fd::3", "-u", "--upload-pack=x", "https://",
        "ssh://-oProxyCommand=id/r", "ssh://git@-oProxyCommand=id/r", "ssh://-a@host/r",
        "https://user:word@host/r", "https://host/r\n--x", "https://host/a b", "HTTPS://host/r",
        "https:///r", "https://:80/r", "git@github.com:o/r.git"}) {
    EXPECT_FALSE(IsRemoteCloneUrl(url)) << url;
  }
}

TEST(PayloadChecks, RepositoriesAreOwnerAndName) {
  EXPECT_TRUE(IsRepositoryName("pie/hubot"));
  EXPECT_TRUE(IsRepositoryName("a-b_c.d/.github"));
  for (const char* name : {"", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a/.", "a b/c", "a/b\n",
                           "a/b?x", "a/%2e%2e"}) {
    EXPECT_FALSE(IsRepositoryName(name)) << name;
  }
}

}  // namespace
}  // namespace webhooks
