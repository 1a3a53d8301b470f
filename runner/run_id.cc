#include "runner/run_id.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdint>

#include "runtime/base/error.h"

namespace runner {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kTimeDigits = 10;
constexpr size_t kRandomDigits = 6;

void AppendBase32(std::string& text, uint64_t value, size_t digits) {
  for (size_t i = digits; i-- > 0;) {
    text += kDigits[(value >> (5 * i)) & 31];
  }
}

}  // namespace

std::string NewRunId(std::chrono::system_clock::time_point now) {
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  uint64_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw runtime::base::Error::FromErrno("getrandom");
  }
  std::string id;
  AppendBase32(id, static_cast<uint64_t>(since_1970.count()), kTimeDigits);
  AppendBase32(id, random, kRandomDigits);
  return id;
}

bool IsRunId(std::string_view text) {
  return text.size() == kTimeDigits + kRandomDigits &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
}

}  // namespace runner
