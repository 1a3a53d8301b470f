// The way out of a job's network: the world, and nothing else.
#include <gmock/gmock.h>
#include <signal.h>

#include "runtime/base/files.h"
#include "tests/integration/network/network_lab.h"
#include "tests/support/run_traces.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What a service at this address says, if it is reached.
std::string Call(const std::string& address, const std::string& port = "80") {
  return "nc -w 2 " + address + " " + port + " </dev/null 2>&1; ";
}

class WayOut : public RunTest {
 protected:
  // The output of a script in a container on the lab's host.
  std::string Said(const Words& options, const std::string& script) {
    return Full(options, script).text;
  }
  Output Full(const Words& options, const std::string& script) {
    Words all = {"--network", "full", "-v", (build() / "tests/probe").string() + ":/probe:ro"};
    all.insert(all.end(), options.begin(), options.end());
    return RunToEnd(lab_.OnHost(RunWords(all, {"sh", "-c", script})));
  }

  NetworkLab lab_;
};

using WayOutOfAHostWithoutOne = RunTest;

TEST_F(WayOut, LeadsToTheWorldByNameAndAddress) {
  EXPECT_EQ(Said({}, Call("server.example")), "the-world\n");
  EXPECT_EQ(Said({}, Call("203.0.113.10")), "the-world\n");
  EXPECT_EQ(Said({}, Call("2001:db8:f::10")), "the-world\n");
  EXPECT_THAT(Said({}, "/probe/network_probe udp 203.0.113.10 7000 hello"),
              HasSubstr("198.51.100.2 said hello"));
}

// Each of these answers the host itself.
TEST_F(WayOut, DoesNotLeadToPrivateAddressesNorToTheHost) {
  const std::vector<std::string> world = {"10.99.0.1", "169.254.169.254", "192.168.7.7",
                                          "fd00:ec2::254"};
  const std::vector<std::string> host = {"198.51.100.2", "2001:db8:1::2", "127.0.0.1"};
  std::string script;
  for (const std::string& address : world) {
    EXPECT_EQ(lab_.OnHost("busybox " + Call(address)), "the-world\n");
    script += Call(address);
  }
  for (const std::string& address : host) {
    EXPECT_EQ(lab_.OnHost("busybox " + Call(address)), "the-host\n");
    script += Call(address);
  }
  script += Call("private.example") + Call("10.231.32.2") + Call("10.231.32.3") +
            Call("10.231.32.100") + Call("fd00::2") + Call("10.231.16.1") + Call("10.231.0.1") +
            "/probe/network_probe udp 10.99.0.1 7000 x; " + Call("203.0.113.10");
  const std::string said = Said({}, script);
  EXPECT_THAT(said, Not(HasSubstr("the-host\n"))) << said;
  EXPECT_THAT(said, Not(HasSubstr("said x")));
  // The last one alone, as a control.
  EXPECT_EQ(said.find("the-world\n"), said.rfind("the-world\n"));
  EXPECT_THAT(said, HasSubstr("the-world\n"));
}

TEST_F(WayOut, LeadsToWhatTheAdministratorAllows) {
  const Words options = {"--network-allow", "10.99.0.0/16",    "--network-allow",
                         "198.51.100.2",    "--network-allow", "fd00:ec2::/32"};
  EXPECT_EQ(Said(options, Call("10.99.0.1") + Call("198.51.100.2") + Call("fd00:ec2::254")),
            "the-world\nthe-host\nthe-world\n");
  EXPECT_THAT(Said(options, Call("192.168.7.7") + Call("2001:db8:1::2")),
              AllOf(Not(HasSubstr("the-world")), Not(HasSubstr("the-host\n"))));
}

TEST_F(WayOut, IsNotWidenedByWhoHasPowerOverTheContainersNetwork) {
  const std::string script =
      // Other addresses, another way, no reverse-path filter, and the metadata address nearer.
      "ip address add 10.99.0.1/32 dev eth1; ip address del 10.99.0.1/32 dev eth1; "
      "ip route add 169.254.169.254/32 via 10.231.0.1; " +
      Call("169.254.169.254") +
      "ip route del 169.254.169.254/32; ip route add 10.99.0.1/32 via 10.231.16.1; " +
      Call("10.99.0.1") +
      "ip address add 10.231.32.100/32 dev eth1; "
      "ip route replace default via 10.231.16.1 dev eth1 src 10.231.32.100; " +
      Call("10.99.0.1") + Call("203.0.113.10");
  const std::string said = Said({"--cap-add", "NET_ADMIN"}, "(" + script + ") 2>&1");
  EXPECT_THAT(said, Not(HasSubstr("the-world")))
      << "a foreign source address must not leave either";
}

TEST_F(WayOut, ResolverAsksTheHostsNameservers) {
  EXPECT_THAT(Said({}, "nslookup server.example"), HasSubstr("203.0.113.10"));
  EXPECT_THAT(Said({}, "nslookup nothing.example"), HasSubstr("NXDOMAIN"));
  // Longer than any datagram.
  EXPECT_THAT(Said({}, Call("big.example")), HasSubstr("the-world"));
}

TEST_F(WayOut, ResolverAsksAnotherNameserverWhenToldSo) {
  EXPECT_THAT(Said({"--dns", "203.0.113.53"}, "nslookup server.example"),
              HasSubstr("203.0.113.10"));
  EXPECT_THAT(Said({"--dns", "203.0.113.10"}, "nslookup server.example"),
              Not(HasSubstr("203.0.113.10\n")));
}

TEST_F(WayOut, LeavesNothingWhenTheRunnerIsKilled) {
  RunTraces traces(state());
  Process runner(
      lab_.OnHost(RunWords({"--network", "full"}, {"sh", "-c", "echo ready; exec sleep 1000"})));
  runner.ReadUntil("ready");
  traces.Note();
  EXPECT_THAT(traces.Left(), testing::Contains(HasSubstr("slirp4netns")));
  runner.Signal(SIGKILL);
  EXPECT_TRUE(WaitUntil([&] { return traces.Left().empty(); }, std::chrono::seconds(2)))
      << testing::PrintToString(traces.Left());
}

TEST_F(WayOut, LeavesNothingWhenItEnds) {
  RunTraces traces(state());
  Process runner(
      lab_.OnHost(RunWords({"--network", "full"}, {"sh", "-c", "echo ready; exec sleep 1000"})));
  runner.ReadUntil("ready");
  traces.Note();
  runner.Signal(SIGTERM);
  EXPECT_EQ(runner.Wait().code, 128 + SIGTERM);
  EXPECT_TRUE(WaitUntil([&] { return traces.Left().empty(); }, std::chrono::seconds(2)))
      << testing::PrintToString(traces.Left());
}

TEST_F(WayOut, LeavesTheHostsNetworkAsItIs) {
  const std::string look =
      "ip address; ip route; ip -6 route; nft list ruleset; cat /proc/sys/net/ipv4/ip_forward";
  const std::string before = lab_.OnHost(look);
  Process runner(
      lab_.OnHost(RunWords({"--network", "full"}, {"sh", "-c", "echo ready; exec sleep 1000"})));
  runner.ReadUntil("ready");
  EXPECT_EQ(lab_.OnHost(look), before);
}

TEST_F(WayOut, NeedsTwoProgramsAndSaysWhichPackagesHaveThem) {
  lab_.Hide("/usr/bin/slirp4netns");
  const Output without_slirp = Full({}, "true");
  EXPECT_EQ(without_slirp.code, 125);
  EXPECT_THAT(without_slirp.errors, HasSubstr("apt-get install slirp4netns"));
  EXPECT_EQ(std::count(without_slirp.errors.begin(), without_slirp.errors.end(), '\n'), 1);
  lab_.Hide("/usr/sbin/nft");
  EXPECT_THAT(Full({}, "true").errors, HasSubstr("apt-get install nftables"));
}

TEST_F(WayOutOfAHostWithoutOne, IsRefusedInOneLine) {
  const NetworkLab lab(NetworkLab::DefaultRoute::kNo);
  const Output output = RunToEnd(lab.OnHost(RunWords({"--network", "full"}, {"true"})));
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("no default route"));
  EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1);
}

}  // namespace
}  // namespace tests
