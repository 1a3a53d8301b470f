#include "tests/integration/network/network_lab.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <map>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/network/dns_sockets.h"
#include "runtime/network/helper/dns_server.h"
#include "runtime/network/namespaces.h"

namespace tests {
namespace {

namespace base = runtime::base;
namespace network = runtime::network;

// A process in network and mount namespaces of its own, which does `then` and stays.
template <typename Then>
pid_t Hold(const Then& then) {
  base::Pipe ready = base::MakePipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = 'r';
    if (::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 && then() &&
        ::write(ready.write.get(), &byte, 1) == 1) {
      while (true) {
        ::pause();
      }
    }
    ::_exit(1);
  }
  ready.write.Reset();
  char byte = 0;
  if (::read(ready.read.get(), &byte, 1) != 1) {
    throw base::Error::FromErrno("a host of the lab");
  }
  return child;
}

// A host as it usually is: everybody may open the tunnel device (udev sees to that), and a resolver
// is configured.
bool FurnishHost() {
  if (::mount("tmpfs", "/dev/net", "tmpfs", 0, nullptr) != 0) {
    return false;
  }
  ::umask(0);
  const bool made = ::mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200)) == 0;
  ::umask(022);
  std::ofstream("/dev/net/resolv.conf") << "nameserver 203.0.113.53\n";
  return made &&
         ::mount("/dev/net/resolv.conf", "/etc/resolv.conf", nullptr, MS_BIND, nullptr) == 0;
}

void RunScript(const std::string& script) {
  const Output output = RunToEnd({"sh", "-ec", script});
  if (output.code != 0) {
    throw base::Error(base::ErrorKind::kInternal, "lab: " + output.errors);
  }
}

std::string Enter(pid_t process) { return "nsenter -t " + std::to_string(process) + " -n -m "; }

// In the world, until the test is over.
[[noreturn]] void ServeNames(pid_t world, int questions) {
  using network::IpAddress;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto address = [](const char* text) { return *IpAddress::Parse(text); };
  const std::map<std::string, std::vector<IpAddress>> names = {
      {"server.example", {address("203.0.113.10"), address("2001:db8:f::10")}},
      {"private.example", {address("10.99.0.1")}},
      {"big.example", std::vector<IpAddress>(300, address("203.0.113.10"))}};
  network::DnsSockets sockets =
      network::BindDnsSockets(network::OpenNetworkNamespace(world).get(), address("203.0.113.53"));
  network::helper::EventLoop loop;
  const network::helper::DnsServer server(
      loop, std::move(sockets.udp), std::move(sockets.tcp),
      [&](const IpAddress&, const network::DnsQuery& query,
          const network::helper::DnsServer::Reply& reply) {
        base::WriteAll(questions, query.name + "\n", "questions");
        const auto found = names.find(query.name);
        reply(found == names.end() ? DnsRefusal(query, network::DnsCode::kNoSuchName)
                                   : DnsAnswer(query, found->second));
      });
  while (true) {
    loop.Turn();
  }
}

}  // namespace

NetworkLab::NetworkLab(DefaultRoute route)
    : world_(Hold([] { return true; })), host_(Hold(FurnishHost)) {
  RunScript("ip link add w0 netns " + std::to_string(world_) + " type veth peer name eth0 netns " +
            std::to_string(host_));
  RunScript(Enter(world_) + "sh -ec '" + R"(
    ip link set lo up
    ip address add 198.51.100.1/24 dev w0
    ip address add 2001:db8:1::1/64 dev w0 nodad
    ip link set w0 up
    for address in 203.0.113.10 203.0.113.53 10.99.0.1 169.254.169.254 192.168.7.7; do
      ip address add $address/32 dev lo
    done
    ip address add 2001:db8:f::10/128 dev lo nodad
    ip address add fd00:ec2::254/128 dev lo nodad')");
  RunScript(Enter(host_) + "sh -ec '" + R"(
    ip link set lo up
    echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad
    ip address add 198.51.100.2/24 dev eth0
    ip address add 2001:db8:1::2/64 dev eth0 nodad
    ip link set eth0 up
    until ip link show eth0 | grep -q "state UP"; do :; done')");
  if (route == DefaultRoute::kYes) {
    RunScript(Enter(host_) + "sh -ec '" + R"(
    ip route add default via 198.51.100.1
    ip -6 route add default via 2001:db8:1::1')");
  }
  questions_.Reset(::memfd_create("questions", MFD_CLOEXEC));
  ::fcntl(questions_.get(), F_SETFL, O_APPEND);
  nameserver_ = ::fork();
  if (nameserver_ == 0) {
    ServeNames(world_, questions_.get());
  }
  const auto serve = [&](pid_t where, const std::string& command) {
    // Not taken for a part of the run by what it finds in their environment.
    servers_.push_back(std::make_unique<Process>(
        Words{"sh", "-c", "unset RUNNER_ROOT; exec " + Enter(where) + command}));
  };
  serve(world_, "busybox nc -ll -p 80 -e echo the-world");
  serve(world_, "busybox nc -ll -p 81 -e echo the-world");
  for (const std::string address : {"203.0.113.10", "10.99.0.1"}) {
    serve(world_, std::string(std::getenv("RUNNER_BUILD")) +
                      "/tests/probe/network_probe udp-server " + address + " 7000");
    servers_.back()->ReadUntil("ready");
  }
  serve(host_, "busybox nc -ll -p 80 -e echo the-host");
  for (const auto& [process, port] : {std::pair(world_, "80"), {world_, "81"}, {host_, "80"}}) {
    RunScript("until " + Enter(process) + "busybox nc -w 1 127.0.0.1 " + port +
              " </dev/null >/dev/null 2>&1; do :; done");
  }
}

NetworkLab::~NetworkLab() {
  servers_.clear();
  for (const pid_t process : {nameserver_, host_, world_}) {
    if (process > 0) {
      ::kill(process, SIGKILL);
      ::waitpid(process, nullptr, 0);
    }
  }
}

Words NetworkLab::OnHost(const Words& command) const {
  Words words = {"nsenter", "-t", std::to_string(host_), "-n", "-m"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

std::string NetworkLab::OnHost(const std::string& script) const {
  return RunToEnd(OnHost(Words{"sh", "-c", script})).text;
}

base::UniqueFd NetworkLab::HostNetwork() const { return network::OpenNetworkNamespace(host_); }

base::UniqueFd NetworkLab::ListenOnAbstractSocket(const std::string& name) const {
  base::UniqueFd fd;
  network::InsideNetwork(HostNetwork().get(), [&] {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path + 1);
    fd.Reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address),
               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) != 0 ||
        ::listen(fd.get(), 8) != 0) {
      throw base::Error::FromErrno("lab: listen on @" + name);
    }
  });
  return fd;
}

std::string NetworkLab::Questions() const {
  ::lseek(questions_.get(), 0, SEEK_SET);
  return base::ReadAll(questions_.get(), "questions");
}

void NetworkLab::Hide(const std::string& path) const {
  RunScript(Enter(host_) + "mount --bind /dev/null " + path);
}

}  // namespace tests
