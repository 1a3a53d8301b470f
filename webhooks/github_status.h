// Sends commit statuses to GitHub or a GitHub Enterprise Server.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "runtime/base/http.h"
#include "webhooks/commit_status.h"

namespace webhooks {

class GithubStatusClient {
 public:
  struct Options {
    std::string api = "https://api.github.com";    // without a slash at the end
    std::string token;                             // sent as a bearer, never shown
    int attempts = 12;                             // over about ten minutes
    std::chrono::milliseconds first_delay{1'000};  // doubled after each attempt
    std::chrono::milliseconds max_delay{120'000};  // a longer Retry-After is cut to it
  };
  // Waits before the next attempt; false: give up now (a stop, or a newer status makes this one
  // pointless). Tests put a clock of their own behind it.
  using Wait = std::function<bool(std::chrono::milliseconds)>;

  // `transport` must outlive the client. Calls may come from several threads.
  GithubStatusClient(runtime::base::HttpTransport& transport, Options options);

  // What became of a status: empty when GitHub took it, else why not, one safe line. Never throws.
  // Tries again after connection errors, 429, 5xx, and 403 with Retry-After or an exhausted rate
  // limit; follows redirects of renamed repositories on the same host.
  // A stop ends it at once.
  std::string Send(const CommitStatus& status, const Wait& wait,
                   const std::stop_token& stop = {}) const;

 private:
  runtime::base::HttpTransport& transport_;
  Options options_;
};

}  // namespace webhooks
