// Times in the server's database: milliseconds since 1970.
#pragma once

#include <chrono>
#include <cstdint>

namespace runner::serve {

using Time = std::chrono::system_clock::time_point;

inline int64_t ToNumber(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

inline Time ToTime(int64_t number) { return Time(std::chrono::milliseconds(number)); }

}  // namespace runner::serve
