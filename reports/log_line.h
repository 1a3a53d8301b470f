// The lines of a step's log file: "2026-01-31T12:00:00.123Z out text".
//
// One line of output is one line of the file, byte for byte; what isn't valid UTF-8 stays so. Only
// text of ours that has several lines is made one. Who shows a line makes it safe (LogLine::text).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/step_backend.h"

namespace reports {

struct LogLine {
  std::string time;  // as stored
  pipeline::Stream stream = pipeline::Stream::kStdout;
  std::string text;  // made safe for a terminal (base::ForTerminal), colours kept
  std::string raw;   // as the step wrote it
};

// With the newline. Text over 64 KiB is cut, and says so.
std::string FormatLogLine(std::chrono::system_clock::time_point time, pipeline::Stream stream,
                          std::string_view text);

// Milliseconds since 1970 of a line, or -1 when it has no time.
int64_t TimeOf(const LogLine& line);

// A line that doesn't have the form is text of kRunner without a time.
LogLine ParseLogLine(std::string_view line);
std::vector<LogLine> ParseLog(std::string_view text);

}  // namespace reports
