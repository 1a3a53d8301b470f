// Retry: how often and after what wait a request to a registry is sent again.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/http.h"

namespace runtime::registry {

struct RetryOptions {
  int attempts = 5;
  std::chrono::milliseconds first_wait{500};       // doubled each time
  std::chrono::milliseconds longest_wait{30'000};  // a longer Retry-After is not waited for
  // Waits in place of the clock: a test's.
  std::function<void(std::chrono::milliseconds)> pause;
};

// The attempts of one request. One thread.
class Retry {
 public:
  Retry(const RetryOptions& options, std::stop_token stop)
      : options_(options), stop_(std::move(stop)), wait_(options.first_wait) {}

  // After a failed attempt: waits and answers true, or false when the attempts are used up or the
  // server asks for a longer wait than we grant. Throws Error (kCancelled) after a stop.
  bool Again(std::optional<std::chrono::milliseconds> asked = std::nullopt);

  // The last attempt brought enough to not count it.
  void Forgive() { failed_ = 0; }

 private:
  const RetryOptions& options_;
  const std::stop_token stop_;
  std::chrono::milliseconds wait_;
  int failed_ = 0;
};

// 408, 429 and those 5xx that may pass.
bool IsTemporary(int status);
// A failure below HTTP that may pass: not a refused connection, where nobody listens.
bool IsTemporary(const base::Error& error);

// Retry-After in seconds (RFC 9110, section 10.2.3; the form with a date counts as absent).
std::optional<std::chrono::milliseconds> RetryAfter(const base::HttpResponse& response);

}  // namespace runtime::registry
