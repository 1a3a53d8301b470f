// Clock: the time, as a seam for tests that must not wait.
#pragma once

#include <chrono>
#include <string>

namespace runtime::base {

class Clock {
 public:
  using WallTime = std::chrono::system_clock::time_point;
  using MonotonicTime = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual WallTime Now() const { return std::chrono::system_clock::now(); }
  virtual MonotonicTime Monotonic() const { return std::chrono::steady_clock::now(); }
};

// "2026-01-31T12:00:00Z", seconds, UTC.
std::string FormatTime(Clock::WallTime time);

}  // namespace runtime::base
