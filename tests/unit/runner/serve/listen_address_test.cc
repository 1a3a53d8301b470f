#include "runner/serve/listen_address.h"

#include <gtest/gtest.h>

namespace runner::serve {
namespace {

TEST(ListenAddress, KnowsThreeForms) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:8080")->host, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(ParseListenAddress("localhost:1")->host, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("[::1]:8080")->host, "::1");
  EXPECT_EQ(ParseListenAddress("unix:/run/runner.sock")->path, "/run/runner.sock");
}

TEST(ListenAddress, RefusesEverythingElse) {
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:-1", "127.0.0.1:80x", "::1:80", "[::1]", "[127.0.0.1]:80",
                           "example.org:80", "unix:", "unix:relative"}) {
    EXPECT_FALSE(ParseListenAddress(text)) << text;
  }
}

}  // namespace
}  // namespace runner::serve
