#include "runtime/registry/endpoint.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"

namespace runtime::registry {
namespace {

Endpoint Of(const std::string& text, bool plain_http = false) {
  return EndpointOf(*image::Reference::Parse(text), plain_http);
}

TEST(Endpoint, NamesWithoutAHostMeanDockerHub) {
  for (const char* name : {"debian:12", "docker.io/debian:12", "docker.io/library/debian:12"}) {
    const Endpoint endpoint = Of(name);
    EXPECT_EQ(endpoint.url.Origin(), "https://registry-1.docker.io:443") << name;
    EXPECT_EQ(endpoint.repository, "library/debian") << name;
    EXPECT_EQ(endpoint.host, "docker.io") << name;
  }
  EXPECT_EQ(Of("pie/hubot").repository, "pie/hubot");
}

TEST(Endpoint, PlainHttpIsForLoopbackOnly) {
  EXPECT_EQ(Of("localhost:5000/a").url.Origin(), "http://localhost:5000");
  EXPECT_EQ(Of("127.0.0.1:5000/a").url.Origin(), "http://127.0.0.1:5000");
  EXPECT_EQ(Of("registry.example/a").url.Origin(), "https://registry.example:443");
  EXPECT_EQ(Of("10.0.0.1:5000/a").url.Origin(), "https://10.0.0.1:5000");
  EXPECT_EQ(Of("localhost.example:5000/a").url.scheme, "https");
}

TEST(Endpoint, PlainHttpIsForOthersWhenAskedFor) {
  EXPECT_EQ(Of("registry.example/a", true).url.Origin(), "http://registry.example:80");
}

TEST(Endpoint, OneWordElsewhereIsTakenAsItIs) {
  EXPECT_EQ(Of("registry.example/a").repository, "a");
}

TEST(Endpoint, RefusesWhatIsNoHost) {
  for (const char* host : {"a b", "a/b", "http://a", "user@a", "a:0", "a?b"}) {
    EXPECT_THROW(EndpointOfHost(host, false), base::Error) << host;
  }
}

}  // namespace
}  // namespace runtime::registry
