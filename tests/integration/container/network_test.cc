// The two networks: loopback alone, and the host's.
#include <gmock/gmock.h>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

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
