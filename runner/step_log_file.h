// StepLogFile: the log of one step, append-only and bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/base/fd.h"

namespace runner {

struct LogBounds {
  size_t head_bytes = 15u << 20;  // written as they come
  size_t tail_bytes = 1u << 20;   // of what comes after, kept in memory until the end
};

class StepLogFile {
 public:
  // Makes or continues the file. Throws Error, as Append and Close do.
  StepLogFile(const std::filesystem::path& path, const LogBounds& bounds);

  // `line` has the form of reports::FormatLogLine. It is written at once until the head is full.
  void Append(std::string line, runtime::base::Clock::WallTime now);
  // Writes the tail, after a line that says what was left out.
  void Close(runtime::base::Clock::WallTime now);

 private:
  void Write(std::string_view text);

  std::string name_;
  LogBounds bounds_;
  runtime::base::UniqueFd fd_;
  size_t written_ = 0;
  bool full_ = false;
  std::deque<std::string> tail_;
  size_t tail_bytes_ = 0;
  uint64_t lines_left_out_ = 0;
  uint64_t bytes_left_out_ = 0;
};

}  // namespace runner
