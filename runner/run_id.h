// Ids of runs: 16 characters of [0-9a-z], sorted by time of birth.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace runner {

// 10 characters of milliseconds since 1970 in Crockford's base 32, then 30 random bits, so that two
// made in the same millisecond differ. Safe as a file name, a URL's part and a container's name.
std::string NewRunId(std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

// Has `text` the form of an id?
bool IsRunId(std::string_view text);

}  // namespace runner
