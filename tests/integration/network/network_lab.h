// NetworkLab: a small world on this machine, for runners to be tested in. Two network namespaces:
//
//   host    eth0 198.51.100.2, 2001:db8:1::2         where the runner under test runs; its
//     |     listens on port 80 of all of them        /etc/resolv.conf names the world's nameserver
//   world   198.51.100.1                             the way to everything else
//           203.0.113.10, 2001:db8:f::10             server.example, a public server
//           10.99.0.1, 169.254.169.254, 192.168.7.7,
//           fd00:ec2::254                            private.example, metadata, and such
//           203.0.113.53                             the nameserver
//
// Every address of the world listens on TCP 80 and 81 and says "the-world", the host says
// "the-host". On UDP 7000 the public and the private server answer "ADDRESS said TEXT".
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/container/run_fixture.h"

namespace tests {

class NetworkLab {
 public:
  enum class DefaultRoute { kYes, kNo };

  explicit NetworkLab(DefaultRoute route = DefaultRoute::kYes);
  NetworkLab(const NetworkLab&) = delete;
  NetworkLab& operator=(const NetworkLab&) = delete;
  ~NetworkLab();

  // The command, on the lab's host.
  Words OnHost(const Words& command) const;
  // What a shell of the host writes.
  std::string OnHost(const std::string& script) const;

  // The network namespace of the host.
  runtime::base::UniqueFd HostNetwork() const;

  // A socket of that name in the host's network namespace, which listens.
  runtime::base::UniqueFd ListenOnAbstractSocket(const std::string& name) const;

  // The names that the world's nameserver was asked for, one a line.
  std::string Questions() const;

  // From now on the host has no such program.
  void Hide(const std::string& path) const;

 private:
  pid_t world_ = -1;
  pid_t host_ = -1;
  pid_t nameserver_ = -1;
  runtime::base::UniqueFd questions_;  // a memory file
  std::vector<std::unique_ptr<Process>> servers_;
};

}  // namespace tests
