#include "runner/registry_password.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {

runtime::registry::Credentials CredentialsFromSecret(
    std::string secret, const std::string& name, const std::string& host,
    const std::optional<runtime::registry::Credentials>& kept) {
  using runtime::base::Error;
  using runtime::base::ErrorKind;
  secret.erase(secret.find_last_not_of("\r\n") + 1);
  runtime::registry::Credentials credentials;
  const size_t colon = secret.find(':');
  if (colon != std::string::npos) {
    credentials.user = secret.substr(0, colon);
    credentials.password = secret.substr(colon + 1);
  } else if (kept) {
    credentials.user = kept->user;
    credentials.password = secret;
  }
  if (credentials.user.empty() || credentials.password.empty()) {
    throw Error(ErrorKind::kUsage, "secret " + name + ": nothing says which user of " + host +
                                       " it is the password of: write it as USER:PASSWORD, or log "
                                       "in once with runner registry login " +
                                       host);
  }
  if (runtime::base::ForMessage(credentials.user + credentials.password) !=
      credentials.user + credentials.password) {
    throw Error(ErrorKind::kUsage, "secret " + name +
                                       ": a registry's password is one line of text without "
                                       "control characters");
  }
  return credentials;
}

}  // namespace runner
