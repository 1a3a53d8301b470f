// Real git servers on loopback ports, each serving the bare repositories of one directory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "runtime/base/files.h"
#include "tests/support/server_process.h"

namespace tests {

// git http-backend behind nginx and fcgiwrap. Paths:
//   /open/REPOSITORY       anybody
//   /private/REPOSITORY    Basic authentication as ada with "secret"
//   /moved/REPOSITORY      301 to /private/ on the same host and port
//   /away/REPOSITORY       301 to /open/ on another host name (localhost)
//   /error500/  /cut/      answer 500; close the connection
// /open/ and /private/ have Git LFS too (lfs_server.py), whose objects lie at /lfs/OID for whoever
// has the header that its answers give.
class GitHttpServer {
 public:
  explicit GitHttpServer(const std::filesystem::path& repositories);
  std::string Url(const std::string& path) const;
  // Of ada, from the next request on; without ":" and white space.
  void SetPassword(const std::string& password) const;
  // One line per request: host, path, Authorization header.
  std::string Log() const;
  // Where the objects of Git LFS lie, by oid.
  std::filesystem::path lfs_objects() const { return directory_.path() / "objects"; }

 private:
  runtime::base::TemporaryDirectory directory_;
  int port_ = FreePort();
  std::unique_ptr<ServerProcess> cgi_;
  std::unique_ptr<ServerProcess> nginx_;
};

class GitDaemon {
 public:
  explicit GitDaemon(const std::filesystem::path& repositories);
  std::string Url(const std::string& repository) const;

 private:
  int port_ = FreePort();
  std::unique_ptr<ServerProcess> daemon_;
};

// A private sshd with a new host key and one new user key.
class GitSshServer {
 public:
  GitSshServer();
  // `path`: absolute, on this host.
  std::string Url(const std::filesystem::path& path) const;
  std::string user_key() const;   // private
  std::string other_key() const;  // a private key that isn't authorised
  std::string known_hosts() const;

 private:
  runtime::base::TemporaryDirectory directory_;
  int port_ = FreePort();
  std::unique_ptr<ServerProcess> sshd_;
};

}  // namespace tests
