// A point in time on the command line.
#pragma once

#include <cstdint>
#include <string>

namespace runner {

// Nanoseconds since 1970 of a time ("2026-01-31T12:00:00Z", "2026-01-31", seconds since 1970) or of
// how long ago it is ("10m"). `option` is for the Error (kUsage).
int64_t ParseWhen(const std::string& option, const std::string& text);

}  // namespace runner
