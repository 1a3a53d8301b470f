// A job's network: who is on it, who finds whom, and what it doesn't reach.
#include "runtime/network/job_network.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>

#include <array>

#include "runner/image_container.h"
#include "runtime/base/error.h"
#include "runtime/container/container.h"
#include "runtime/image/image_store.h"
#include "tests/integration/container/run_fixture.h"
#include "tests/integration/network/network_lab.h"
#include "tests/support/run_traces.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace container = runtime::container;
namespace fs = std::filesystem;
using runtime::network::JobNetwork;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using JobNetworkOfARun = RunTest;

class JobNetworkTest : public RunTest {
 protected:
  // A container that runs, and what it writes.
  class Running {
   public:
    Running(container::Host& host, const runtime::image::ImageStore& store, JobNetwork& network,
            const runtime::network::JoinOptions& join, const std::string& script,
            const std::vector<std::string>& more_capabilities)
        : directory_(host), member_(network.Join(join)) {
      runner::ProgramChoice choice;
      choice.arguments = {"sh", "-c", script};
      container::ContainerSpec spec =
          runner::SpecForImage(store, store.Get("busybox"), directory_, choice);
      spec.capabilities = container::DefaultCapabilities();
      spec.capabilities.insert(spec.capabilities.end(), more_capabilities.begin(),
                               more_capabilities.end());
      spec.binds.push_back({.source = build() / "tests/probe", .target = "/probe"});
      member_->PutInto(spec);
      base::Pipe out = base::MakePipe();
      const base::UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
      container_.emplace(container::Container::Start(
          host, spec, {.in = null.get(), .out = out.write.get(), .err = out.write.get()}));
      out_ = std::move(out.read);
    }
    ~Running() {
      container_->Signal(SIGKILL);
      container_->Wait();
    }
    const std::string& ReadUntil(const std::string& text) {
      std::array<char, 4096> buffer;
      ssize_t n = 0;
      while (text_.find(text) == std::string::npos &&
             (n = ::read(out_.get(), buffer.data(), buffer.size())) > 0) {
        text_.append(buffer.data(), static_cast<size_t>(n));
      }
      EXPECT_THAT(text_, HasSubstr(text));
      return text_;
    }
    // All that it writes until it ends.
    std::string Output() { return text_ + base::ReadAll(out_.get(), "output"); }
    std::string address() const { return member_->addresses().front().ToString(); }
    std::string address6() const { return member_->addresses().back().ToString(); }

   private:
    container::ContainerDirectory directory_;
    std::unique_ptr<JobNetwork::Member> member_;
    std::optional<container::Container> container_;
    base::UniqueFd out_;
    std::string text_;
  };

  ~JobNetworkTest() override { ::umount2(host_->stage().c_str(), MNT_DETACH); }

  std::unique_ptr<JobNetwork> MakeNetwork() const {
    return std::make_unique<JobNetwork>(runtime::network::JobNetworkOptions{
        .helper = build() / "libexec/runner/runner-network", .owner = "test"});
  }
  std::unique_ptr<Running> Start(JobNetwork& network, const runtime::network::JoinOptions& join,
                                 const std::string& script,
                                 const std::vector<std::string>& more_capabilities = {}) {
    return std::make_unique<Running>(*host_, store_, network, join, script, more_capabilities);
  }
  std::string OutputOf(JobNetwork& network, const std::string& script) {
    return Start(network, {}, script)->Output();
  }

  // Says "here" to everybody who calls, over both versions of IP.
  static constexpr char kServer[] =
      "nc -ll -p 80 -e echo here & until nc -w 1 127.0.0.1 80 </dev/null; do :; done 2>/dev/null; "
      "echo ready; wait";
  static std::string Call(const std::string& where) {
    return "nc -w 2 " + where + " 80 </dev/null 2>&1 || true";
  }

  base::StateDir state_{state()};
  std::unique_ptr<container::Host> host_ = container::Host::Open(state_);
  runtime::image::ImageStore store_{state_};
};

TEST_F(JobNetworkTest, MembersReachEachOtherByName) {
  const auto network = MakeNetwork();
  const auto server = Start(*network, {.names = {"db", "store.test"}}, kServer);
  server->ReadUntil("ready");
  EXPECT_EQ(OutputOf(*network, Call("db")), "here\n");
  EXPECT_EQ(OutputOf(*network, Call("DB")), "here\n");
  EXPECT_EQ(OutputOf(*network, Call("store.test")), "here\n");
  EXPECT_EQ(OutputOf(*network, Call(server->address())), "here\n");
  EXPECT_EQ(OutputOf(*network, Call(server->address6())), "here\n");
}

TEST_F(JobNetworkTest, MembersOfTwoJobsNeverMeet) {
  const auto network = MakeNetwork();
  const auto other = MakeNetwork();
  const auto server = Start(*network, {.names = {"db"}}, kServer);
  server->ReadUntil("ready");
  // Takes the number that the server has there.
  const auto first = Start(*other, {}, "sleep 1000");
  EXPECT_EQ(first->address(), server->address());
  EXPECT_THAT(OutputOf(*other, Call(server->address())), Not(HasSubstr("here")));
  EXPECT_THAT(OutputOf(*other, Call("db")), HasSubstr("bad address"));
  EXPECT_EQ(OutputOf(*network, Call("db")), "here\n");
}

TEST_F(JobNetworkTest, ReachesNothingOutside) {
  const auto network = MakeNetwork();
  EXPECT_EQ(OutputOf(*network, "ip route | grep -c default; ip -6 route | grep -c default"),
            "0\n0\n");
  const Output host = RunToEnd({"hostname", "-I"});
  std::string script = "nslookup example.org; nc -w 1 169.254.169.254 80 </dev/null";
  for (std::string rest = host.text; rest.find(' ') != std::string::npos;
       rest.erase(0, rest.find(' ') + 1)) {
    script += "; ping -c 1 -W 1 " + rest.substr(0, rest.find(' '));
  }
  const std::string output = OutputOf(*network, "(" + script + ") 2>&1");
  EXPECT_THAT(output, HasSubstr("NXDOMAIN"));
  EXPECT_THAT(output, HasSubstr("unreachable"));
  EXPECT_THAT(output, Not(HasSubstr("bytes from")));
}

TEST_F(JobNetworkTest, HasNothingOfTheRunnersButTheResolver) {
  const auto network = MakeNetwork();
  EXPECT_EQ(OutputOf(*network,
                     "for port in 22 53 80 111 443 8080; do "
                     "nc -w 1 10.231.0.1 $port </dev/null 2>/dev/null && echo $port; done; true"),
            "53\n");
}

TEST_F(JobNetworkTest, ForgetsTheNameOfWhoHasLeft) {
  const auto network = MakeNetwork();
  Start(*network, {.names = {"db"}}, "sleep 1000").reset();
  EXPECT_THAT(OutputOf(*network, "nslookup db"), HasSubstr("NXDOMAIN"));
}

TEST_F(JobNetworkTest, KnowsItsOwnHostNameByTheAddressOnTheNetwork) {
  const auto network = MakeNetwork();
  const auto box = Start(*network, {}, "ping -c 1 -W 1 $(hostname)");
  EXPECT_THAT(box->Output(), HasSubstr("64 bytes from " + box->address()));
}

TEST_F(JobNetworkTest, ResolverOutlivesWhatContainersSend) {
  const auto network = MakeNetwork();
  const auto server = Start(*network, {.names = {"db"}}, "sleep 1000");
  // Noise, a flood of connections, and a question that never ends.
  const std::string noise =
      "/probe/network_probe noise 10.231.0.1 53 3000; "
      "for i in $(seq 100); do (printf '\\001' | nc -w 5 10.231.0.1 53 >/dev/null) & done; "
      "head -c 100000 /dev/zero | nc -w 1 10.231.0.1 53 >/dev/null; nslookup db";
  EXPECT_THAT(OutputOf(*network, "(" + noise + ") 2>/dev/null"), HasSubstr(server->address()));
}

// One that may go out is on the same network.
TEST_F(JobNetworkTest, GivesAMemberWithoutAnUplinkNoneOfTheWayOut) {
  const NetworkLab lab;
  runtime::network::InsideNetwork(lab.HostNetwork().get(), [&] {
    const auto network = MakeNetwork();
    network->OpenWayOut(
        {.allowed = {}, .nameservers = {*runtime::network::IpAddress::Parse("203.0.113.53")}});
    const std::string script =
        // Over the bridge, from its own address and from that of an uplink.
        "ip route add default via 10.231.0.1; " + Call("203.0.113.10") +
        "nslookup server.example 10.231.16.1; nslookup server.example 10.231.0.1; "
        "ip address add 10.231.16.5/32 dev eth0; "
        "ip route replace default via 10.231.0.1 src 10.231.16.5; " +
        Call("203.0.113.10") + "nslookup server.example 10.231.16.1";
    const auto attacker = Start(*network, {}, "(" + script + ") 2>&1", {"NET_ADMIN"});
    EXPECT_THAT(attacker->Output(),
                AllOf(Not(HasSubstr("the-world")), Not(HasSubstr("203.0.113.10\n"))));
  });
}

TEST_F(JobNetworkTest, TakesNoMemberForAnother) {
  const NetworkLab lab;
  runtime::network::InsideNetwork(lab.HostNetwork().get(), [&] {
    const auto network = MakeNetwork();
    network->OpenWayOut(
        {.allowed = {}, .nameservers = {*runtime::network::IpAddress::Parse("203.0.113.53")}});
    const auto open = Start(*network, {.way_out = true}, "sleep 1000");
    EXPECT_EQ(open->address(), "10.231.0.2");
    // May ask for nothing outside; so it pretends to be the other.
    const std::string script =
        "ip address add 10.231.16.2/32 dev eth1; "
        "/probe/network_probe dns 10.231.16.2 10.231.16.1 leak.example; "
        "/probe/network_probe dns 10.231.16.3 10.231.16.1 leak.example";
    const auto attacker =
        Start(*network, {.way_out = true, .egress = std::vector<runtime::network::EgressTarget>()},
              script, {"NET_ADMIN"});
    EXPECT_THAT(attacker->Output(), HasSubstr("code 3"));
    // The resolver has come to what was asked before.
    Start(*network, {.way_out = true}, "nslookup marker.example")->Output();
    EXPECT_THAT(lab.Questions(), AllOf(HasSubstr("marker"), Not(HasSubstr("leak"))));
  });
}

TEST_F(JobNetworkTest, HelperHasNoPrivilegeAndSeesNoOtherNetwork) {
  const auto network = MakeNetwork();
  std::set<std::string> seen;
  for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
    const auto comm = base::ReadFileIfExists(process.path() / "comm");
    const auto parent = base::ReadFileIfExists(process.path() / "status");
    if (!comm || *comm != "runner-network\n" ||
        parent->find("\nPPid:\t" + std::to_string(::getpid()) + "\n") == std::string::npos) {
      continue;
    }
    EXPECT_THAT(*parent, HasSubstr("Uid:\t1879048191\t1879048191\t1879048191\t1879048191"));
    EXPECT_THAT(*parent, HasSubstr("Groups:\t \n"));
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
      EXPECT_THAT(*parent, HasSubstr(std::string(set) + ":\t0000000000000000"));
    }
    EXPECT_THAT(*parent, HasSubstr("NoNewPrivs:\t1"));
    seen.insert(fs::read_symlink(process.path() / "ns/net"));
    // Nothing open but the runner's socket, its own, and /dev/null.
    for (const fs::directory_entry& fd : fs::directory_iterator(process.path() / "fd")) {
      const std::string target = fs::read_symlink(fd.path());
      EXPECT_TRUE(target == "/dev/null" || target.starts_with("socket:") ||
                  target == "anon_inode:[eventpoll]")
          << target;
    }
  }
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_NE(*seen.begin(), fs::read_symlink("/proc/self/ns/net"));
}

TEST_F(JobNetworkTest, GivesEveryMemberAnAddressOfItsOwn) {
  const auto network = MakeNetwork();
  std::vector<std::unique_ptr<JobNetwork::Member>> members;
  std::set<std::string> addresses;
  for (int i = 0; i < 4093; ++i) {
    members.push_back(network->Join({}));
    addresses.insert(members.back()->addresses().front().ToString());
  }
  EXPECT_EQ(addresses.size(), 4093u);
  EXPECT_EQ(addresses.count("10.231.0.1"), 0u);
  EXPECT_THROW(network->Join({}), base::Error);
  members.erase(members.begin());
  EXPECT_EQ(network->Join({})->addresses().front().ToString(), "10.231.0.2");
}

TEST_F(JobNetworkOfARun, LeavesNothingWhenTheRunnerIsKilled) {
  RunTraces traces(state());
  Process runner(RunWords({"--network", "job"}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  runner.ReadUntil("ready");
  traces.Note();
  EXPECT_THAT(traces.Left(), Not(IsEmpty()));
  runner.Signal(SIGKILL);
  EXPECT_TRUE(WaitUntil([&] { return traces.Left().empty(); }, std::chrono::seconds(2)))
      << testing::PrintToString(traces.Left());
}

TEST_F(JobNetworkOfARun, LeavesNothingWhenItEnds) {
  RunTraces traces(state());
  Process runner(RunWords({"--network", "job"}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  runner.ReadUntil("ready");
  traces.Note();
  runner.Signal(SIGTERM);
  EXPECT_EQ(runner.Wait().code, 128 + SIGTERM);
  EXPECT_TRUE(WaitUntil([&] { return traces.Left().empty(); }, std::chrono::seconds(2)))
      << testing::PrintToString(traces.Left());
}

TEST_F(JobNetworkOfARun, HasItsNamesAndHosts) {
  EXPECT_THAT(Text({"--network", "job", "--network-alias", "me", "--hostname", "box", "--add-host",
                    "other:10.0.0.7"},
                   "nslookup me; nslookup box; tail -n 3 /etc/hosts"),
              AllOf(Not(HasSubstr("NXDOMAIN")), HasSubstr("10.231.0.2\tbox"),
                    HasSubstr("10.0.0.7\tother")));
}

TEST_F(JobNetworkTest, NeedsItsProgram) {
  try {
    JobNetwork network({.helper = "/no/such/program", .owner = "test"});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("/no/such/program"));
  }
}

}  // namespace
}  // namespace tests
