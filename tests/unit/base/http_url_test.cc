#include <gtest/gtest.h>

#include "runtime/base/http.h"

namespace runtime::base {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = ParseUrl("HTTPS://Registry.Example:5000/v2/a?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "registry.example");
  EXPECT_EQ(url->port, 5000);
  EXPECT_EQ(url->target, "/v2/a?x=1");
  EXPECT_EQ(url->Origin(), "https://registry.example:5000");
}

TEST(Url, HasThePortOfItsSchemeAndAPath) {
  EXPECT_EQ(ParseUrl("http://a")->ToString(), "http://a:80/");
  EXPECT_EQ(ParseUrl("https://a?q")->ToString(), "https://a:443/?q");
  EXPECT_EQ(ParseUrl("http://[::1]:5000/")->host, "::1");
  EXPECT_EQ(ParseUrl("http://[::1]:5000/")->Origin(), "http://[::1]:5000");
}

TEST(Url, RefusesEveryOtherForm) {
  for (const char* text : {"",
                           "file:///etc/passwd",
                           "ftp://a/",
                           "http:/a",
                           "http://",
                           "http://user@a/",
                           "http://user:secret@a/",
                           "http://a:0/",
                           "http://a:65536/",
                           "http://a:/",
                           "http://a:5x/",
                           "http://a/ b",
                           "http://a/\r\nX: y",
                           "http://a/\x01",
                           "http://a/#f",
                           "http://[::1/",
                           "http://[a]/",
                           "http://a b/",
                           "http://-a/",
                           "http://\xc3\xa9/",
                           "//a/b",
                           "/a"}) {
    EXPECT_FALSE(ParseUrl(text)) << text;
  }
  EXPECT_FALSE(ParseUrl("http://a/" + std::string(9000, 'x')));
}

TEST(Url, ResolvesALocation) {
  const Url base = *ParseUrl("https://a:1/v2/x?y");
  EXPECT_EQ(ResolveUrl(base, "/up?z")->ToString(), "https://a:1/up?z");
  EXPECT_EQ(ResolveUrl(base, "http://b/c")->ToString(), "http://b:80/c");
  EXPECT_EQ(ResolveUrl(base, "//b/c")->ToString(), "https://b:443/c");
  EXPECT_FALSE(ResolveUrl(base, "file:///etc/passwd"));
  EXPECT_FALSE(ResolveUrl(base, "relative"));
  EXPECT_FALSE(ResolveUrl(base, ""));
}

TEST(Url, KnowsLoopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"127.0.0.1.example.org", "localhost.example.org", "10.0.0.1", ""}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace runtime::base
