#include "runner/when.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"

namespace runner {
namespace base = runtime::base;

int64_t ParseWhen(const std::string& option, const std::string& text) {
  constexpr int64_t kNanoseconds = 1'000'000'000;
  const int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  if (const std::optional<std::chrono::milliseconds> ago = base::ParseDuration(text)) {
    return now - std::chrono::nanoseconds(*ago).count();
  }
  for (const char* form : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%s"}) {
    std::tm parts = {};
    const char* end = ::strptime(text.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') {
      return (form[1] == 's' ? std::strtoll(text.c_str(), nullptr, 10) : ::timegm(&parts)) *
             kNanoseconds;
    }
  }
  throw base::Error(base::ErrorKind::kUsage,
                    option + " " + base::ForMessage(text) +
                        ": expected a time such as 2026-01-31T12:00:00Z, or how long ago: 10m");
}

}  // namespace runner
