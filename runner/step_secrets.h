// What a step gets of the secrets that it names.
#pragma once

#include <string>
#include <vector>

#include "runner/run_secrets.h"
#include "runtime/container/container_spec.h"

namespace runner {

struct SecretGrant {
  std::string name;
  std::string variable;  // where it is given too; empty: as a file alone
};

// /run/secrets/NAME for each, byte by byte; a variable without line ends at its end. Throws Error.
void GiveSecrets(const std::vector<SecretGrant>& grants, RunSecrets& secrets,
                 runtime::container::ContainerSpec& spec);

}  // namespace runner
