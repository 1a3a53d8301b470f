#include "runtime/registry/retry.h"

#include <algorithm>
#include <charconv>

#include "runtime/base/stop.h"

namespace runtime::registry {

using std::chrono::milliseconds;

bool Retry::Again(std::optional<milliseconds> asked) {
  ++failed_;
  if (failed_ >= options_.attempts || (asked && *asked > options_.longest_wait)) {
    return false;
  }
  const milliseconds wait = std::max(asked.value_or(milliseconds(0)), wait_);
  if (options_.pause) {
    options_.pause(wait);
  } else {
    base::Pause(wait, stop_);
  }
  wait_ = std::min(wait_ * 2, options_.longest_wait);
  return true;
}

bool IsTemporary(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

bool IsTemporary(const base::Error& error) {
  return error.kind() == base::ErrorKind::kUnavailable && error.errno_value() != ECONNREFUSED;
}

std::optional<milliseconds> RetryAfter(const base::HttpResponse& response) {
  const std::string text = response.Header("Retry-After").value_or("");
  uint32_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc::result_out_of_range) {
    return milliseconds::max();
  }
  if (text.empty() || error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return milliseconds(uint64_t{seconds} * 1000);
}

}  // namespace runtime::registry
