// A credential helper: a program "docker-credential-NAME" that keeps passwords elsewhere
// (the docker-credential-helpers protocol: one verb, the input and the answer as JSON).
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "runtime/registry/credentials.h"

namespace runtime::registry {

// Runs the program from PATH, for at most 30 seconds. All throw Error when it can't be run or
// fails, or after a stop (kCancelled).
class CredentialHelper {
 public:
  // `name` as the file gives it: letters, digits, '-', '_', '.'.
  explicit CredentialHelper(const std::string& name);

  // Nothing when it knows none for this server.
  std::optional<Credentials> Get(const std::string& server, const std::stop_token& stop = {}) const;
  void Store(const std::string& server, const Credentials& credentials) const;
  void Erase(const std::string& server) const;

 private:
  std::string program_;
};

}  // namespace runtime::registry
