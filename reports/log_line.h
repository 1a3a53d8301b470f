// The lines of a step's log file: "2026-01-31T12:00:00.123Z out text".
//
// One line of output is one line of the file, made safe for a terminal before it is stored
// (base::ForTerminal, colours kept), so that output can't forge lines and `cat` is harmless.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/step_backend.h"

namespace reports {

struct LogLine {
  std::string time;  // as stored
  pipeline::Stream stream = pipeline::Stream::kStdout;
  std::string text;
};

// With the newline. Text over 64 KiB is cut, and says so.
std::string FormatLogLine(std::chrono::system_clock::time_point time, pipeline::Stream stream,
                          std::string_view text);

// A line that doesn't have the form is text of kRunner without a time.
std::vector<LogLine> ParseLog(std::string_view text);

}  // namespace reports
