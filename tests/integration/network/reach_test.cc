// What attackers would reach from inside of a container: another run's network, the metadata
// address, the host's loopback, abstract sockets of the host. Each test has a control that shows
// that there is something to be reached.
#include <gmock/gmock.h>

#include "tests/integration/network/network_lab.h"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kNetworks[] = {"none", "job", "full"};

class NetworkReach : public RunTest {
 protected:
  // What a script writes in a container that has even power over its network.
  std::string From(const std::string& network, const std::string& script) const {
    const Output output =
        RunToEnd(lab_.OnHost(RunWords({"--network", network, "--cap-add", "NET_ADMIN", "-v",
                                       (build() / "tests/probe").string() + ":/probe:ro"},
                                      {"sh", "-c", "(" + script + ") 2>&1; exit 0"})));
    EXPECT_EQ(output.code, 0) << output.errors;
    return output.text;
  }
  static std::string Call(const std::string& address) {
    return "nc -w 1 " + address + " 80 </dev/null; ";
  }
  static std::string AtOnce(const Words& addresses) {
    std::string script;
    for (const std::string& address : addresses) {
      script += "nc -w 1 " + address + " 80 </dev/null & ";
    }
    return script + "wait; ";
  }

  NetworkLab lab_;
};

TEST_F(NetworkReach, IsNotTheMetadataAddress) {
  const std::string call = Call("169.254.169.254") + Call("fd00:ec2::254");
  EXPECT_THAT(lab_.OnHost("busybox " + call), HasSubstr("the-world"));
  for (const char* network : kNetworks) {
    EXPECT_THAT(From(network, call), Not(HasSubstr("the-world"))) << network;
    EXPECT_THAT(From(network,
                     "ip route add 169.254.0.0/16 dev eth0; ip route add 169.254.0.0/16 "
                     "via 10.231.0.1; " +
                         call),
                Not(HasSubstr("the-world")))
        << network;
  }
}

TEST_F(NetworkReach, IsNotTheLoopbackOfTheHost) {
  const std::string call = Call("127.0.0.1") + Call("::1") + Call("10.231.0.1") +
                           Call("10.231.16.1") + Call("10.231.32.2") + Call("198.51.100.2");
  EXPECT_THAT(lab_.OnHost("busybox " + call), HasSubstr("the-host"));
  for (const char* network : kNetworks) {
    EXPECT_THAT(From(network, call), Not(HasSubstr("the-host\n"))) << network;
    // Loopback addresses by way of the neighbour.
    EXPECT_THAT(From(network,
                     "ip address del 127.0.0.1/8 dev lo; ip route add 127.0.0.1 via "
                     "10.231.0.1; ip route add 127.0.0.1 via 10.231.16.1; " +
                         call),
                Not(HasSubstr("the-host\n")))
        << network;
  }
}

TEST_F(NetworkReach, IsNotAnAbstractSocketOfTheHost) {
  // In the host's network namespace, where anybody may connect to it.
  const runtime::base::UniqueFd listener = lab_.ListenOnAbstractSocket("runner-test-reach");
  const std::string call = "/probe/network_probe abstract runner-test-reach";
  EXPECT_EQ(From("host", call), "reached\n");
  for (const char* network : kNetworks) {
    EXPECT_THAT(From(network, call), HasSubstr("refused")) << network;
  }
}

TEST_F(NetworkReach, IsNotTheNetworkOfAnotherRun) {
  const std::string server =
      "nc -ll -p 80 -e echo other-run & until nc -w 1 127.0.0.1 80 "
      "</dev/null; do :; done; wait";
  for (const char* network : {"job", "full"}) {
    Process other(lab_.OnHost(
        RunWords({"--network", network, "--network-alias", "other"}, {"sh", "-c", server})));
    other.ReadUntil("other-run");
    // All addresses that it has are ours too: nobody is there but ourselves. Then by another.
    const std::string script =
        AtOnce({"other", "10.231.0.2", "10.231.16.2", "fd5a:3c1e:77b0::2", "fd5a:3c1e:77b0:1::2",
                "10.231.0.3", "10.231.16.3", "fd5a:3c1e:77b0::3", "fd5a:3c1e:77b0:1::3"}) +
        "ip address add 10.231.0.99/20 dev eth0; ip address del 10.231.0.2/20 dev eth0; "
        "ip address add 10.231.16.99/20 dev eth1; ip address del 10.231.16.2/32 dev eth1; " +
        AtOnce({"10.231.0.2", "10.231.16.2"});
    for (const char* own : kNetworks) {
      EXPECT_THAT(From(own, script), Not(HasSubstr("other-run"))) << network << " from " << own;
    }
  }
}

}  // namespace
}  // namespace tests
