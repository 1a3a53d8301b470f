// Authorizer: the Authorization header for one repository of one registry: HTTP Basic, or a bearer
// token from the service that the registry names (docker's token authentication specification).
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/registry/challenge.h"
#include "runtime/registry/credentials.h"
#include "runtime/registry/endpoint.h"
#include "runtime/registry/retry.h"

namespace runtime::registry {

// Credentials are looked up when first asked for, and go to the registry's own origin and to the
// token service only: over https, or over plain http to the registry's own host when the registry
// itself is reached so. Threads may share one. `stop` ends its requests.
class Authorizer {
 public:
  // `actions` is what will be done: "pull" or "pull,push"; empty for a login alone.
  Authorizer(base::HttpTransport& transport, CredentialLookup lookup, const Endpoint& endpoint,
             std::string actions, const RetryOptions& retry, std::stop_token stop);

  // The header's value; empty while the registry has asked for nothing.
  std::string Current() const;

  // After a 401 to a request that carried `used`: the value to try next. Throws Error
  // (kPermission) when there is none.
  std::string Renew(const base::HttpResponse& refusal, const std::string& used);

  // What to tell the user when the last value didn't help either.
  base::Error Refused() const;

 private:
  std::string AskTokenService(const Challenge& challenge);
  base::HttpRequest TokenRequest(const Challenge& challenge) const;
  base::Error RefusedLocked() const;

  base::HttpTransport& transport_;
  CredentialLookup lookup_;
  const Endpoint& endpoint_;
  std::string actions_;
  const RetryOptions& retry_;
  const std::stop_token stop_;

  mutable std::mutex mutex_;  // the rest
  bool looked_up_ = false;
  std::optional<Credentials> credentials_;
  std::string current_;
};

// What an error answer says of itself (OCI distribution specification, "Error Codes"): the first
// code and message, made safe to show; empty when it says nothing.
std::string ReasonOf(const base::HttpResponse& response);

}  // namespace runtime::registry
