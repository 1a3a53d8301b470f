// StepLogFile: the log of one step, append-only and bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

#include "reports/run_record.h"
#include "runner/log_index.h"
#include "runtime/base/clock.h"
#include "runtime/base/digest.h"
#include "runtime/base/fd.h"

namespace runner {

struct LogBounds {
  size_t head_bytes = 15u << 20;  // written as they come
  size_t tail_bytes = 1u << 20;   // of what comes after, kept in memory until the end
};

// Written before it returns: who is shown a line finds it in the file, unless it is of the tail.
class StepLogFile {
 public:
  // Makes or continues the files. Throws Error, as Append and Close do.
  StepLogFile(const std::filesystem::path& log, const std::filesystem::path& index,
              const LogBounds& bounds);

  // `line` has the form of reports::FormatLogLine. It is written at once until the head is full.
  void Append(std::string line, runtime::base::Clock::WallTime now);
  // Writes the tail, after a line that says what was left out.
  void Close(runtime::base::Clock::WallTime now);

  // After Close(), once.
  reports::LogRecord Record();

 private:
  struct TailLine {
    std::string text;
    runtime::base::Clock::WallTime time;
  };
  void Continue();
  void Write(std::string_view text);
  // The line of that number, which gets a mark in the index.
  void WriteLine(std::string_view text, uint64_t number, runtime::base::Clock::WallTime time,
                 bool mark);

  std::string name_;
  LogBounds bounds_;
  runtime::base::UniqueFd fd_;
  LogIndex index_;
  runtime::base::Sha256 hash_;
  uint64_t offset_ = 0;  // of the log's end
  uint64_t lines_ = 0;   // so far, with those of the tail and those left out
  size_t written_ = 0;
  bool full_ = false;
  std::deque<TailLine> tail_;
  size_t tail_bytes_ = 0;
  uint64_t lines_left_out_ = 0;
  uint64_t bytes_left_out_ = 0;
};

}  // namespace runner
