// RegistryServer: a real registry (docker-registry of Debian) on a free loopback port, with its
// configuration and storage in a temporary directory.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/base/files.h"

namespace tests {

// Answers when the constructor returns; killed and removed by the destructor.
class RegistryServer {
 public:
  struct Login {
    std::string user;
    std::string password;
  };
  // With `login`, every access needs it (htpasswd, bcrypt).
  explicit RegistryServer(const std::optional<Login>& login = std::nullopt);
  ~RegistryServer();
  RegistryServer(const RegistryServer&) = delete;
  RegistryServer& operator=(const RegistryServer&) = delete;

  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::filesystem::path storage() const { return directory_.path() / "storage"; }

  // Kills it now; afterwards the port refuses connections.
  void Stop();

 private:
  runtime::base::TemporaryDirectory directory_;
  pid_t pid_ = -1;
  int port_ = 0;
  runtime::base::UniqueFd log_;  // kept open: the registry goes on writing
};

}  // namespace tests
