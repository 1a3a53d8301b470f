// The two networks: loopback alone, and the host's.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;

class Network : public RunTest {};

TEST_F(Network, NoneHasLoopbackThatWorks) {
  EXPECT_EQ(Text("ls /sys/class/net; cat /sys/class/net/lo/flags"), "lo\n0x9");
  EXPECT_EQ(Text("nc -l -p 8080 -e echo hello & while ! nc 127.0.0.1 8080 </dev/null; do :; done "
                 "2>/dev/null"),
            "hello");
}

TEST_F(Network, NoneReachesNothingOutside) {
  EXPECT_EQ(
      Text("ip route | wc -l; nc -w 1 192.0.2.1 80 </dev/null 2>/dev/null || echo unreachable"),
      "0\nunreachable");
}

// Names of abstract sockets belong to the network too (unix(7)).
TEST_F(Network, NoneReachesNoSocketOfTheHosts) {
  const base::UniqueFd local(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name = {AF_UNIX, "\0canary-of-the-host"};
  ASSERT_EQ(::bind(local.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
  ASSERT_EQ(::listen(local.get(), 8), 0);
  const base::UniqueFd inet(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(inet.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
  ASSERT_EQ(::getsockname(inet.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
  ASSERT_EQ(::listen(inet.get(), 8), 0);
  const std::string connect = "timeout 2 nc 127.0.0.1 " + std::to_string(ntohs(address.sin_port)) +
                              " </dev/null 2>&1 | grep -q refused && echo refused || echo reached";
  EXPECT_EQ(Probe({}, {"abstract-canary"}), "abstract-canary ECONNREFUSED\n");
  EXPECT_EQ(Text(connect), "refused");
  // Both are there for whoever shares the host's network.
  EXPECT_EQ(Probe({"--network", "host"}, {"abstract-canary"}), "abstract-canary ok\n");
  EXPECT_EQ(Text({"--network", "host"}, connect), "reached");
}

TEST_F(Network, HostHasTheHostsInterfaces) {
  EXPECT_EQ(
      Text({"--network", "host"}, "ls /sys/class/net"),
      Text({"--network", "host"}, "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | sort"));
  EXPECT_NE(Text({"--network", "host"}, "ls /sys/class/net | wc -l"), "0");
}

TEST_F(Network, HostGivesNoPowerOverIt) {
  EXPECT_EQ(Text({"--network", "host", "--cap-add", "NET_ADMIN"},
                 "ip link set lo mtu 65536 2>/dev/null || echo refused"),
            "refused");
}

TEST_F(Network, TwoContainersUseTheSamePort) {
  Process first(RunWords({}, {"sh", "-c", "nc -l -p 8080 & echo ready; wait"}));
  first.ReadUntil("ready");
  EXPECT_EQ(Text("nc -l -p 8080 -e true & while ! nc 127.0.0.1 8080 </dev/null; do :; done "
                 "2>/dev/null; echo bound"),
            "bound");
}

}  // namespace
}  // namespace tests
