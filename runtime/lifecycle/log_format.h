// A container's log: exact bytes, the stream and the time of each piece.
//
// Each line of the file is "TIME STREAM TAG TEXT\n", as Kubernetes' container runtime interface has
// it: TIME is RFC 3339 in UTC with nine digits of a second, STREAM "stdout" or "stderr", TAG "F"
// when the text ended with a line end (which isn't repeated) and "P" when it didn't. TEXT is
// whatever was written, but for line ends: nothing is lost or replaced.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::lifecycle {

enum class LogStream { kOut, kErr };

struct LogEntry {
  int64_t time_ns = 0;  // since 1970
  LogStream stream = LogStream::kOut;
  bool full = true;  // a line end follows the text
  std::string_view text;
};

// Appends the line for the begin of `bytes` (not empty), which were written to that stream at
// `time` (FormatLogTime); how many bytes that are.
size_t AppendLogLine(std::string& out, LogStream stream, std::string_view time,
                     std::string_view bytes);

// One line without its end. Nothing when it isn't one: a crash may have cut it.
std::optional<LogEntry> ParseLogLine(std::string_view line);

// "2026-01-31T12:00:00.000000000Z"
std::string FormatLogTime(int64_t time_ns);

// The file number `index` of a container's log in its directory; 0 is the current one.
std::filesystem::path LogPath(const std::filesystem::path& directory, unsigned index);

}  // namespace runtime::lifecycle
