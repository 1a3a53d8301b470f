#include "reports/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/base/clock.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/utf8.h"

namespace reports {
namespace {

using pipeline::Stream;

constexpr size_t kMaxText = 64 << 10;
constexpr size_t kTimeBytes = 24;  // "2026-01-31T12:00:00.123Z"

std::string_view Name(Stream stream) {
  switch (stream) {
    case Stream::kStdout:
      return "out";
    case Stream::kStderr:
      return "err";
    case Stream::kRunner:
      break;
  }
  return "run";
}

std::optional<Stream> StreamNamed(std::string_view name) {
  for (const Stream stream : {Stream::kStdout, Stream::kStderr, Stream::kRunner}) {
    if (Name(stream) == name) {
      return stream;
    }
  }
  return std::nullopt;
}

LogLine ParseLine(std::string_view line) {
  const size_t text = kTimeBytes + 5;  // " out "
  if (line.size() >= text && line[kTimeBytes - 1] == 'Z' && line[kTimeBytes] == ' ' &&
      line[text - 1] == ' ') {
    if (const auto stream = StreamNamed(line.substr(kTimeBytes + 1, 3))) {
      return {std::string(line.substr(0, kTimeBytes)), *stream, std::string(line.substr(text))};
    }
  }
  return {"", Stream::kRunner, std::string(line)};
}

}  // namespace

std::string FormatLogLine(std::chrono::system_clock::time_point time, Stream stream,
                          std::string_view text) {
  if (text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  const std::string_view kept = runtime::base::Utf8Prefix(text, kMaxText);
  std::string seconds = runtime::base::FormatTime(time);
  seconds.pop_back();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count() % 1000;
  std::string line = fmt::format("{}.{:03}Z {} {}", seconds, milliseconds, Name(stream),
                                 runtime::base::ForTerminal(kept, true));
  if (kept.size() < text.size()) {
    line += fmt::format(" [{} bytes of this line left out]", text.size() - kept.size());
  }
  return line + "\n";
}

std::vector<LogLine> ParseLog(std::string_view text) {
  std::vector<LogLine> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(ParseLine(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace reports
