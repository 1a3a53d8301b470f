// Session: requests to one repository of one registry (OCI distribution specification 1.1), with
// login, redirects and bounded retries.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/registry/authorizer.h"
#include "runtime/registry/endpoint.h"
#include "runtime/registry/retry.h"

namespace runtime::registry {

// Threads may share one. `stop` ends whatever it does: Error (kCancelled).
class Session {
 public:
  Session(base::HttpTransport& transport, CredentialLookup lookup, Endpoint endpoint,
          std::string actions, RetryOptions retry, std::stop_token stop = {});
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // GET of "/v2/REPOSITORY" and `path`, with bounds for small answers.
  base::HttpRequest Request(const std::string& path) const;

  // Called before each attempt to set what a repeated one changes. True when the attempt before
  // brought enough to not count it.
  using Prepare = std::function<bool(base::HttpRequest&)>;

  // Sends until there is an answer that isn't temporary. GET and HEAD follow redirects, at most 5.
  // Throws Error: kPermission when a login is missing or refused, kInvalid for a redirect that
  // leaves http and https or goes down to plain http, and what HttpTransport throws.
  base::HttpResponse Send(base::HttpRequest request, const Prepare& prepare = {});

  // Where an answer to a request to `from` points: its Location, under the same rules.
  base::Url Location(const std::string& from, const base::HttpResponse& response) const;

  // "HOST answered 500: CODE: message", with the kind that the status stands for.
  base::Error StatusError(const base::HttpResponse& response) const;

  const Endpoint& endpoint() const { return endpoint_; }
  // "HOST/REPOSITORY".
  std::string name() const;

 private:
  base::HttpResponse SendOnce(base::HttpRequest request);
  base::HttpResponse SendAuthorized(const base::HttpRequest& request);

  base::HttpTransport& transport_;
  Endpoint endpoint_;
  RetryOptions retry_;
  const std::stop_token stop_;
  Authorizer authorizer_;
};

}  // namespace runtime::registry
