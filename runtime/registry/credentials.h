// Credentials: what a registry is told about who we are, and where it is kept: docker's
// configuration file, shared with other tools, or the helper programs that it names.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace runtime::registry {

struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // in place of the two: an OAuth 2 refresh token
};

// Credentials for a registry's host ("docker.io", "host:5000"); nothing when there are none.
using CredentialLookup = std::function<std::optional<Credentials>(const std::string& host)>;

// docker's config.json: `auths`, `credHelpers`, `credsStore`. The file and the helpers belong to
// the user and are trusted. Everything throws Error; a missing file is an empty one.
class DockerConfig {
 public:
  explicit DockerConfig(std::filesystem::path file) : file_(std::move(file)) {}

  // $DOCKER_CONFIG/config.json, else ~/.docker/config.json.
  static std::filesystem::path DefaultFile();

  // A stop ends the wait for a helper: Error (kCancelled).
  std::optional<Credentials> Find(const std::string& host, const std::stop_token& stop = {}) const;

  // Through the helper that the file names for this host, else into the file (mode 0600); other
  // members of the file stay.
  void Save(const std::string& host, const Credentials& credentials) const;

  // False when there was nothing.
  bool Erase(const std::string& host) const;

 private:
  std::filesystem::path file_;
};

std::string EncodeBase64(std::string_view bytes);
// Nothing for anything but padded base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace runtime::registry
