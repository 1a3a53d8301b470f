#include "runtime/image/reference.h"

#include <gtest/gtest.h>

namespace runtime::image {
namespace {

constexpr char kDigest[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Reference, TakesAPlainNameWithTheDefaultTag) {
  const auto reference = Reference::Parse("debian");
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->host, "");
  EXPECT_EQ(reference->ToString(), "debian:latest");
}

TEST(Reference, ReadsTheFirstPartAsAHostWhenDockerWould) {
  struct Case {
    const char* text;
    const char* host;
    const char* path;
    const char* tag;
  };
  for (const Case& c : {Case{"pie/hubot:1", "", "pie/hubot", "1"},
                        {"localhost/a", "localhost", "a", "latest"},
                        {"example.org/a/b", "example.org", "a/b", "latest"},
                        {"host:5000/a/b:tag", "host:5000", "a/b", "tag"},
                        {"[::1]:5000/a:b", "[::1]:5000", "a", "b"},
                        {"a__b/c--d.e:V_1.0-x", "", "a__b/c--d.e", "V_1.0-x"},
                        {"debian:12", "", "debian", "12"}}) {
    const auto reference = Reference::Parse(c.text);
    ASSERT_TRUE(reference) << c.text;
    EXPECT_EQ(reference->host, c.host) << c.text;
    EXPECT_EQ(reference->path, c.path) << c.text;
    EXPECT_EQ(reference->tag, c.tag) << c.text;
  }
}

TEST(Reference, KeepsTheDigest) {
  const auto reference = Reference::Parse(std::string("host:5000/a:t@") + kDigest);
  ASSERT_TRUE(reference && reference->digest);
  EXPECT_EQ(reference->digest->ToString(), kDigest);
  EXPECT_EQ(reference->Repository(), "host:5000/a");
}

TEST(Reference, RefusesWhatIsNoName) {
  for (const std::string text : {"",
                                 "/",
                                 "a/",
                                 "/a",
                                 "a//b",
                                 "Debian",
                                 "a b",
                                 "a\n",
                                 "../../etc/passwd",
                                 "a/../b",
                                 "a:",
                                 "a:-x",
                                 "a:.x",
                                 "a:b:c/",
                                 "a@",
                                 "a@sha256:../../x",
                                 "a___b",
                                 "a._b",
                                 "-a",
                                 "a-",
                                 "host:/a",
                                 "host:123456/a",
                                 "exa_mple.org/a",
                                 "[::1/a",
                                 "-x.org/a",
                                 "a:b\x01",
                                 "%41"}) {
    EXPECT_FALSE(Reference::Parse(text)) << text;
  }
  EXPECT_FALSE(Reference::Parse(std::string("a\0b", 3)));
  EXPECT_FALSE(Reference::Parse(std::string(256, 'a')));
  EXPECT_FALSE(Reference::Parse("a:" + std::string(129, 'b')));
  EXPECT_FALSE(Reference::Parse(std::string(65536, 'a')));
  EXPECT_FALSE(Reference::Parse(kDigest));
}

}  // namespace
}  // namespace runtime::image
