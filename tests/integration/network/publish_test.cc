// Ports of the host that lead to containers, and the networks of containers that are kept.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/network/ip_address.h"
#include "runtime/network/port_socket.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"
#include "tests/integration/network/network_lab.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace network = runtime::network;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Port = uint16_t;

// A connection to loopback; none when it is refused.
base::UniqueFd ConnectedTo(Port port, const std::string& address = "127.0.0.1") {
  const network::SocketAddress where(*network::IpAddress::Parse(address), port);
  base::UniqueFd fd(::socket(where.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience = {10, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return ::connect(fd.get(), where.get(), where.size) == 0 ? std::move(fd) : base::UniqueFd();
}

// All that comes until the end; "reset" in place of a failure.
std::string ReadToEnd(int fd) {
  std::string text;
  std::array<char, 65536> buffer;
  ssize_t n = 0;
  while ((n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0) {
    text.append(buffer.data(), static_cast<size_t>(n));
  }
  return n < 0 ? "reset" : text;
}

// What a service answers to a text and its end.
std::string Talk(Port port, const std::string& text, const std::string& address = "127.0.0.1") {
  const base::UniqueFd fd = ConnectedTo(port, address);
  if (!fd) {
    return "refused";
  }
  // Whichever call comes first after a reset is told of it, and no other.
  if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0 && errno == ECONNRESET) {
    return "reset";
  }
  ::shutdown(fd.get(), SHUT_WR);
  return ReadToEnd(fd.get());
}

// Of processes that serve this network.
size_t Helpers(const std::string& owner) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string line;
    std::getline(file, line);  // Nothing of one that has just ended.
    count += line.starts_with("runner-network") && line.find(owner) != std::string::npos ? 1u : 0u;
  }
  return count;
}

// Listens on TCP 80, and serves each connection with this command.
std::string Server(const std::string& command) {
  return "nc -ll -p 80 -e " + command +
         " & until nc -w 1 127.0.0.1 80 </dev/null >/dev/null 2>&1; do :; done; echo ready; wait";
}

class PublishedPort : public LifecycleTest {
 protected:
  static constexpr char kLocal[] = "127.0.0.1::80";

  static std::string StartServer(const Words& options, const std::string& command) {
    const std::string id = Start(options, Server(command));
    AwaitLog(id, "ready");
    return id;
  }
  static Port PortOf(const std::string& container, const std::string& inside = "80") {
    const std::string text = Ok({"port", container, inside});
    return static_cast<Port>(std::stoi("0" + text.substr(text.rfind(':') + 1)));
  }
};

using KeptNetwork = PublishedPort;

TEST_F(PublishedPort, LeadsToTheContainer) {
  const std::string id = StartServer({"-p", kLocal}, "cat");
  EXPECT_EQ(Talk(PortOf(id), "hello"), "hello");
  const std::string megabyte(1 << 20, 'x');
  EXPECT_EQ(Talk(PortOf(id), megabyte).size(), 0u + megabyte.size());
}

TEST_F(PublishedPort, LeadsThereFromBothVersionsOfIp) {
  const std::string id = StartServer({"-p", "80"}, "cat");
  EXPECT_EQ(Talk(PortOf(id), "hello"), "hello");
  EXPECT_EQ(Talk(PortOf(id), "hello", "::1"), "hello");
}

TEST_F(PublishedPort, CarriesTheEndOfWhatIsSent) {
  const std::string id = StartServer({"-p", kLocal}, "wc -c");
  EXPECT_EQ(Talk(PortOf(id), std::string(100'000, 'x')), "100000\n");
}

TEST_F(PublishedPort, CarriesDatagramsAndShowsTheContainerItsOwnNetwork) {
  const Words probe = {"-v", (build() / "tests/probe").string() + ":/probe:ro"};
  for (const std::string address : {"127.0.0.1", "[::1]"}) {
    Words options = {"-p", address + "::7000/udp"};
    options.insert(options.end(), probe.begin(), probe.end());
    const std::string id = Start(options, "exec /probe/network_probe udp-server 0.0.0.0 7000");
    AwaitLog(id, "ready");
    EXPECT_EQ(RunToEnd({(build() / "tests/probe/network_probe").string(), "udp",
                        address == "[::1]" ? "::1" : address,
                        std::to_string(PortOf(id, "7000/udp")), "hello"})
                  .text,
              "10.231.0.1 said hello\n");
  }
}

TEST_F(PublishedPort, ShowsTheContainerItsOwnNetworkAsTheOtherSide) {
  const std::string id = StartServer({"-p", kLocal}, "netstat -tn");
  EXPECT_THAT(Talk(PortOf(id), ""), testing::ContainsRegex("10.231.0.2:80 +[:f]*10.231.0.1:"));
}

TEST_F(PublishedPort, IsOneOfARunInTheForegroundToo) {
  network::PublishedPort free = network::PublishedPort::Parse("127.0.0.1::80").front();
  network::BindPublishedPort(free);
  const std::string option = "127.0.0.1:" + std::to_string(free.host_port) + ":80";
  Process run(RunWords({"-p", option}, {"sh", "-c", Server("cat")}));
  run.ReadUntil("ready");
  EXPECT_EQ(Talk(free.host_port, "hello"), "hello");
  run.Signal(SIGTERM);
  run.Wait();
  EXPECT_EQ(Talk(free.host_port, "hello"), "refused");
}

TEST_F(PublishedPort, IsRefusedInOneLineWhenItIsInUse) {
  network::PublishedPort taken = network::PublishedPort::Parse("127.0.0.1::80").front();
  const base::UniqueFd fd = network::BindPublishedPort(taken);
  const std::string option = "127.0.0.1:" + std::to_string(taken.host_port) + ":80";
  for (const Words& options : {Words{"-p", option}, {"-d", "-p", option}}) {
    const Output output = Run(options, {"echo", "ran"});
    EXPECT_EQ(output.code, 125);
    EXPECT_EQ(output.text, "");
    EXPECT_THAT(output.errors, HasSubstr(std::to_string(taken.host_port) +
                                         "->80/tcp: this port of the host is in use"));
    EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1);
  }
}

TEST_F(PublishedPort, IsFreeOnceTheContainerIsToldToHaveEnded) {
  const std::string first = StartServer({"-p", kLocal}, "cat");
  const std::string option = "127.0.0.1:" + std::to_string(PortOf(first)) + ":80";
  std::string last = first;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Talk(PortOf(last), "x"), "x");  // A connection that has been, too.
    Ok({"stop", "-t", "0", last});
    last = StartServer({"-p", option}, "cat");
  }
}

TEST_F(PublishedPort, BelowTheFirstForEverybodyIsRefusedWithWhatToDo) {
  const NetworkLab lab;
  const Output output = RunToEnd(lab.OnHost(RunWords({"-p", "443:80"}, {"echo", "ran"})));
  if (rootless()) {
    EXPECT_EQ(output.code, 125);
    EXPECT_THAT(output.errors, HasSubstr("sysctl net.ipv4.ip_unprivileged_port_start=443"));
  } else {
    EXPECT_EQ(output, (Output{.code = 0, .text = "ran\n", .errors = ""}));
  }
}

TEST_F(PublishedPort, EndsConnectionsThatNobodyServes) {
  const std::string id = Start({"-p", kLocal}, "echo ready; exec sleep 1000");
  AwaitLog(id, "ready");
  EXPECT_EQ(Talk(PortOf(id), ""), "reset");
}

TEST_F(PublishedPort, OpensNothingElseOfTheContainer) {
  const std::string id = StartServer({"-p", "127.0.0.1::81"}, "cat");
  EXPECT_EQ(Talk(PortOf(id, "81"), "hello"), "reset");
}

TEST_F(PublishedPort, IsListed) {
  const std::string id = Start({"--name", "web", "-p", kLocal, "-p", "53/udp"}, "exec sleep 1000");
  const std::string tcp = std::to_string(PortOf(id));
  const std::string udp = std::to_string(PortOf(id, "53/udp"));
  EXPECT_EQ(Ok({"port", "web", "80/tcp"}), "127.0.0.1:" + tcp);
  EXPECT_EQ(Ok({"port", "web"}), "80/tcp -> 127.0.0.1:" + tcp + "\n53/udp -> 0.0.0.0:" + udp +
                                     "\n53/udp -> [::]:" + udp);
  EXPECT_EQ(Ok({"ps", "--format", "{{.Ports}}"}),
            "127.0.0.1:" + tcp + "->80/tcp, 0.0.0.0:" + udp + "->53/udp, [::]:" + udp + "->53/udp");
  EXPECT_THAT(Ok({"ps"}), AllOf(HasSubstr("PORTS"), HasSubstr(tcp + "->80/tcp")));
  EXPECT_EQ(Inspect(id, "{{json .NetworkSettings.Ports}} {{.HostConfig.NetworkMode}}"),
            "{\"53/udp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"" + udp +
                "\"},{\"HostIp\":\"::\",\"HostPort\":\"" + udp +
                "\"}],\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"" + tcp + "\"}]} job");
  EXPECT_EQ(Container({"port", "web", "81"}).code, 3);
  Ok({"stop", "-t", "0", "web"});
  EXPECT_EQ(Ok({"port", "web"}), "");
  EXPECT_EQ(Ok({"ps", "-a", "--format", "{{.Ports}}"}), "");
}

TEST_F(PublishedPort, StaysTheSameOverRestarts) {
  const std::string id =
      Start({"-p", kLocal, "--restart", "always"}, "echo life; " + Server("cat"));
  AwaitLog(id, "ready");
  const Port port = PortOf(id);
  ::kill(Init(id), SIGKILL);
  EXPECT_TRUE(
      WaitUntil([&] { return Inspect(id, "{{.RestartCount}} {{.State.Status}}") == "1 running"; },
                std::chrono::seconds(10)));
  EXPECT_TRUE(WaitUntil([&] { return Talk(port, "hello") == "hello"; }, std::chrono::seconds(10)));
  Ok({"restart", "-t", "0", id});
  EXPECT_EQ(PortOf(id), port);
  Ok({"stop", "-t", "0", id});
  EXPECT_EQ(Talk(port, ""), "refused");
  Ok({"start", id});
  EXPECT_EQ(PortOf(id), port);
  EXPECT_TRUE(WaitUntil([&] { return Talk(port, "hello") == "hello"; }, std::chrono::seconds(10)));
}

TEST_F(PublishedPort, IsAnotherWhenTheOldOneIsTakenMeanwhile) {
  const std::string id = StartServer({"-p", kLocal}, "cat");
  const Port port = PortOf(id);
  Ok({"stop", "-t", "0", id});
  network::PublishedPort taken = network::PublishedPort::Parse(kLocal).front();
  const base::UniqueFd fd = network::BindPublishedPort(taken, port);
  ASSERT_EQ(taken.host_port, port);
  Ok({"start", id});
  EXPECT_NE(PortOf(id), port);
}

TEST_F(PublishedPort, OutlivesAFloodOfConnectionsThatTakeNothingIn) {
  rlimit limit = {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::string id = Start({"-p", kLocal, "-p", "127.0.0.1::81"},
                               "nc -ll -p 81 -e cat /dev/zero & " + Server("echo here"));
  AwaitLog(id, "ready");
  const Port port = PortOf(id, "81");
  const auto brings = [](const base::UniqueFd& connection) {
    char byte = 0;
    return connection && ::recv(connection.get(), &byte, 1, 0) == 1;
  };
  ASSERT_TRUE(WaitUntil([&] { return brings(ConnectedTo(port)); }, std::chrono::seconds(10)));
  std::vector<base::UniqueFd> connections;
  for (int i = 0; i < 200; ++i) {
    connections.push_back(ConnectedTo(port));
    ASSERT_TRUE(brings(connections.back())) << i;
  }
  EXPECT_EQ(Talk(PortOf(id), ""), "here\n");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int kMostKib = 64 << 10;  // The sanitizer's own memory is in it.
#else
  constexpr int kMostKib = 16 << 10;
#endif
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto line = base::ReadFileIfExists(entry.path() / "cmdline").value_or("");
    if (line.starts_with("runner-network") && line.find(id) != std::string::npos) {
      const std::string status = base::ReadFile(entry.path() / "status");
      const int peak_kib = std::stoi(status.substr(status.find("VmHWM:") + 6));
      EXPECT_LT(peak_kib, kMostKib);
    }
  }
  connections.clear();
  EXPECT_EQ(Talk(PortOf(id), ""), "here\n");
}

TEST_F(PublishedPort, IsPublishedWithAllThatTheImageExposes) {
  MakeImage("exposing", "true", {"EXPOSE 80", "EXPOSE 53/udp"});
  const Output output = Run({"-d", "-P"}, {"sh", "-c", Server("cat")}, "exposing");
  ASSERT_EQ(output.code, 0) << output.errors;
  const std::string id = output.text.substr(0, 12);
  AwaitLog(id, "ready");
  EXPECT_EQ(Talk(PortOf(id), "hello"), "hello");
  EXPECT_THAT(Ok({"port", id, "53/udp"}), StartsWith("0.0.0.0:"));
}

TEST_F(KeptNetwork, HasItsNamesAndNoWayOut) {
  const std::string id =
      Start({"--network", "job", "--network-alias", "me", "--hostname", "box"},
            "nslookup me; nslookup box; cat /etc/hosts; ip route | grep -c default; echo end");
  EXPECT_THAT(AwaitLog(id, "end"), AllOf(Not(HasSubstr("NXDOMAIN")), HasSubstr("10.231.0.2\tbox"),
                                         HasSubstr("\n0\nend")));
}

TEST_F(KeptNetwork, LeadsToTheWorldWhenThatIsAskedFor) {
  const NetworkLab lab;
  const Output output = RunToEnd(lab.OnHost(RunWords(
      {"-d", "--name", "goes-out", "--network", "full", "--restart", "on-failure:1"},
      {"sh", "-c",
       "nc -w 2 server.example 80 </dev/null; nc -w 2 169.254.169.254 80 </dev/null; exit 1"})));
  ASSERT_EQ(output.code, 0) << output.errors;
  Ok({"wait", "goes-out"});
  EXPECT_EQ(Inspect("goes-out", "{{.RestartCount}} {{.HostConfig.NetworkMode}}"), "1 full");
  EXPECT_THAT(Container({"logs", "goes-out"}).text, "the-world\nthe-world\n");
}

TEST_F(KeptNetwork, LeavesNothingWhenTheMonitorIsKilled) {
  const NetworkLab lab;
  const Output output = RunToEnd(
      lab.OnHost(RunWords({"-d", "--network", "full", "-p", "8080:80"}, {"sleep", "1000"})));
  ASSERT_EQ(output.code, 0) << output.errors;
  const std::string id = output.text.substr(0, 12);
  EXPECT_EQ(Helpers(id), 2u);
  KillHard(Monitor(id));
  EXPECT_TRUE(WaitUntil([&] { return Helpers(id) == 0; }, std::chrono::seconds(2)));
  EXPECT_EQ(lab.OnHost("busybox nc -w 1 127.0.0.1 8080 </dev/null || echo gone"), "gone\n");
  EXPECT_EQ(RunToEnd(lab.OnHost(Runner({"container", "start", id}))).code, 0);
  EXPECT_EQ(Ok({"port", id, "80"}), "0.0.0.0:8080\n[::]:8080");
}

TEST_F(KeptNetwork, LeavesNothingWhenItEnds) {
  const std::string id = Start({"-p", kLocal}, "exec sleep 1000");
  EXPECT_EQ(Helpers(id), 1u);
  Ok({"stop", "-t", "0", id});
  EXPECT_EQ(Helpers(id), 0u);
}

TEST_F(KeptNetwork, IsListedWhileItLives) {
  const std::string id = Start({"--name", "on-a-job", "--network", "job"}, "exec sleep 1000");
  const auto list = [](const Words& options) {
    Words words = {"network", "ls"};
    words.insert(words.end(), options.begin(), options.end());
    return RunToEnd(Runner(words)).text;
  };
  EXPECT_THAT(list({"--format", "{{.ID}} {{.Name}} {{.Driver}}"}),
              HasSubstr(id + " on-a-job job\n"));
  EXPECT_THAT(list({}), AllOf(StartsWith("NETWORK ID"), HasSubstr(id)));
  EXPECT_THAT(list({"--json"}), HasSubstr("\"ID\": \"" + id + "\""));
  Process run(RunWords({"--network", "job"}, {"sh", "-c", "hostname; exec sleep 1000"}));
  const std::string other = run.ReadUntil("\n").substr(0, 12);
  EXPECT_THAT(list({"-q"}), AllOf(HasSubstr(id + "\n"), HasSubstr(other + "\n")));
  run.Signal(SIGTERM);
  run.Wait();
  Ok({"stop", "-t", "0", id});
  EXPECT_THAT(list({"-q"}), AllOf(Not(HasSubstr(id)), Not(HasSubstr(other))));
}

}  // namespace
}  // namespace tests
