#include "runner/step_secrets.h"

#include "runtime/base/error.h"

namespace runner {

void GiveSecrets(const std::vector<SecretGrant>& grants, RunSecrets& secrets,
                 runtime::container::ContainerSpec& spec) {
  for (const SecretGrant& grant : grants) {
    std::string value = secrets.Read(grant.name);
    spec.secrets.push_back({grant.name, value});
    if (grant.variable.empty()) {
      continue;
    }
    value.erase(value.find_last_not_of("\r\n") + 1);
    if (value.find('\0') != std::string::npos) {
      throw runtime::base::Error(runtime::base::ErrorKind::kUsage,
                                 "secret " + grant.name + ": a variable can't hold a NUL; read " +
                                     "/run/secrets/" + grant.name + " instead");
    }
    std::erase_if(spec.env, [&](const std::string& entry) {
      return entry.starts_with(grant.variable + "=");
    });
    spec.env.push_back(grant.variable + "=" + value);
  }
}

}  // namespace runner
