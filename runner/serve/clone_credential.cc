#include "runner/serve/clone_credential.h"

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner::serve {

runtime::git::Credential ReadCloneCredential(const RepositoryConfig& repository,
                                             const std::string& url) {
  const CloneCredential& configured = repository.credential;
  if (repository.clone.empty() || url != repository.clone) {
    throw runtime::base::Error(
        runtime::base::ErrorKind::kPermission,
        "the credential of " + repository.name + " is for its `clone` address, not for " +
            runtime::base::ForMessage(url) +
            ", which this run was queued with; push again or send the delivery again");
  }
  runtime::git::Credential credential;
  if (!configured.ssh_key.empty()) {
    // Both are read by lines, and their last line end is gone.
    credential.ssh_key = ResolveSecret(configured.ssh_key, SecretForm::kPrivateKey) + "\n";
    credential.known_hosts = ResolveSecret(configured.known_hosts) + "\n";
  } else if (!configured.password.empty()) {
    credential.username = configured.username;
    credential.password = ResolveSecret(configured.password, SecretForm::kLine);
  }
  return credential;
}

}  // namespace runner::serve
