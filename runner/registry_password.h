// The secret of a push step, as the registry's login.
#pragma once

#include <optional>
#include <string>

#include "runtime/registry/credentials.h"

namespace runner {

// `secret` is USER:PASSWORD, or the password of the user whom `kept` (what `runner registry login`
// kept for that host) names. Throws Error (kUsage), without the secret, when there is no user.
runtime::registry::Credentials CredentialsFromSecret(
    std::string secret, const std::string& name, const std::string& host,
    const std::optional<runtime::registry::Credentials>& kept);

}  // namespace runner
