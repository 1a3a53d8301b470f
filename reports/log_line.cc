#include "reports/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
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

// Of the parts that a time is made of, those that aren't digits.
bool IsTime(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd.dddZ";
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool fits = kForm[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == kForm[i];
    if (!fits) {
      return false;
    }
  }
  return true;
}

// For a terminal: a line end of another system's isn't text.
std::string Shown(std::string_view raw) {
  return runtime::base::ForTerminal(raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw,
                                    true);
}

}  // namespace

std::string FormatLogLine(std::chrono::system_clock::time_point time, Stream stream,
                          std::string_view text) {
  const std::string_view kept = runtime::base::Utf8Prefix(text, kMaxText);
  std::string seconds = runtime::base::FormatTime(time);
  seconds.pop_back();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count() % 1000;
  std::string line = fmt::format("{}.{:03}Z {} ", seconds, milliseconds, Name(stream));
  if (kept.find('\n') == std::string_view::npos) {
    line += kept;
  } else {
    line += runtime::base::ForTerminal(kept, true);
  }
  if (kept.size() < text.size()) {
    line += fmt::format(" [{} bytes of this line left out]", text.size() - kept.size());
  }
  return line + "\n";
}

int64_t TimeOf(const LogLine& line) {
  if (line.time.empty()) {
    return -1;
  }
  std::tm parts = {};
  ::strptime(line.time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return ::timegm(&parts) * int64_t{1000} + std::stoi(line.time.substr(20, 3));
}

LogLine ParseLogLine(std::string_view line) {
  const size_t text = kTimeBytes + 5;  // " out "
  if (line.size() >= text && IsTime(line) && line[kTimeBytes] == ' ' && line[text - 1] == ' ') {
    if (const auto stream = StreamNamed(line.substr(kTimeBytes + 1, 3))) {
      const std::string_view raw = line.substr(text);
      return {std::string(line.substr(0, kTimeBytes)), *stream, Shown(raw), std::string(raw)};
    }
  }
  return {"", Stream::kRunner, Shown(line), std::string(line)};
}

std::vector<LogLine> ParseLog(std::string_view text) {
  std::vector<LogLine> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(ParseLogLine(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace reports
