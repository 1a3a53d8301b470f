#include "runtime/network/port_socket.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <string>

#include "runtime/base/error.h"

namespace runtime::network {
namespace {

using testing::HasSubstr;

PublishedPort Parsed(const std::string& text) { return PublishedPort::Parse(text).front(); }

bool Connects(const char* address, uint16_t port) {
  const SocketAddress where(*IpAddress::Parse(address), port);
  const base::UniqueFd fd(::socket(where.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(fd.get(), where.get(), where.size) == 0;
}

std::string Refusal(const std::string& text) {
  PublishedPort port = Parsed(text);
  try {
    BindPublishedPort(port);
  } catch (const base::Error& e) {
    return e.what();
  }
  ADD_FAILURE() << text << " was bound";
  return "";
}

TEST(PortSocket, ListensOnAllAddressesOfBothVersions) {
  PublishedPort port = Parsed("80");
  const base::UniqueFd fd = BindPublishedPort(port);
  EXPECT_NE(port.host_port, 0);
  EXPECT_TRUE(Connects("127.0.0.1", port.host_port));
  EXPECT_TRUE(Connects("::1", port.host_port));
}

TEST(PortSocket, ListensOnTheAddressAloneThatIsNamed) {
  PublishedPort port = Parsed("127.0.0.1::80");
  const base::UniqueFd fd = BindPublishedPort(port);
  EXPECT_TRUE(Connects("127.0.0.1", port.host_port));
  EXPECT_FALSE(Connects("127.0.0.2", port.host_port));
  EXPECT_FALSE(Connects("::1", port.host_port));
}

TEST(PortSocket, SaysThatThePortIsInUse) {
  PublishedPort port = Parsed("127.0.0.1::80");
  const base::UniqueFd fd = BindPublishedPort(port);
  const std::string number = std::to_string(port.host_port);
  EXPECT_THAT(Refusal("127.0.0.1:" + number + ":80"),
              HasSubstr("127.0.0.1:" + number + "->80/tcp: this port of the host is in use"));
  EXPECT_THAT(Refusal(number + ":80"), HasSubstr("in use"));
}

TEST(PortSocket, SaysThatTheHostHasNoSuchAddress) {
  EXPECT_THAT(Refusal("192.0.2.1:8080:80"), HasSubstr("this host has no such address"));
}

TEST(PortSocket, TakesTheFirstOfARangeThatIsFree) {
  PublishedPort first = Parsed("127.0.0.1::80");
  const base::UniqueFd fd = BindPublishedPort(first);
  PublishedPort second = first;
  second.last_host_port = static_cast<uint16_t>(first.host_port + 20);
  const base::UniqueFd other = BindPublishedPort(second);
  EXPECT_GT(second.host_port, first.host_port);
  EXPECT_EQ(second.last_host_port, 0);
}

TEST(PortSocket, TakesTheSameAgainWhereThatIsFree) {
  PublishedPort before = Parsed("127.0.0.1::80/udp");
  base::UniqueFd fd = BindPublishedPort(before);
  PublishedPort meanwhile = Parsed("127.0.0.1::80/udp");
  const base::UniqueFd other = BindPublishedPort(meanwhile, before.host_port);
  EXPECT_NE(meanwhile.host_port, before.host_port);
  fd.Reset();
  PublishedPort again = Parsed("127.0.0.1::80/udp");
  const base::UniqueFd same = BindPublishedPort(again, before.host_port);
  EXPECT_EQ(again.host_port, before.host_port);
}

}  // namespace
}  // namespace runtime::network
