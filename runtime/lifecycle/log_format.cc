#include "runtime/lifecycle/log_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace runtime::lifecycle {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr size_t kTimeLength = sizeof "2026-01-31T12:00:00.000000000Z" - 1;

std::optional<int64_t> ParseTime(std::string_view text) {
  std::tm parts = {};
  int nanoseconds = 0;
  const auto number = [&](size_t at, size_t length, int& value) {
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + length, value);
    return error == std::errc() && end == begin + length;
  };
  if (text.size() != kTimeLength || !number(0, 4, parts.tm_year) || !number(5, 2, parts.tm_mon) ||
      !number(8, 2, parts.tm_mday) || !number(11, 2, parts.tm_hour) ||
      !number(14, 2, parts.tm_min) || !number(17, 2, parts.tm_sec) || !number(20, 9, nanoseconds)) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return ::timegm(&parts) * kSecond + nanoseconds;
}

}  // namespace

std::string FormatLogTime(int64_t time_ns) {
  const std::time_t seconds = time_ns / kSecond;
  std::tm parts = {};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 48> text;
  const size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const int rest = std::snprintf(text.data() + n, text.size() - n, ".%09dZ",
                                 static_cast<int>(time_ns % kSecond));
  return {text.data(), n + static_cast<size_t>(rest)};
}

size_t AppendLogLine(std::string& out, LogStream stream, std::string_view time,
                     std::string_view bytes) {
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  const bool full = end < bytes.size();
  out.append(time).append(stream == LogStream::kOut ? " stdout " : " stderr ");
  out.append(full ? "F " : "P ").append(bytes.substr(0, end)).push_back('\n');
  return full ? end + 1 : end;
}

std::optional<LogEntry> ParseLogLine(std::string_view line) {
  // " stdout F " is as long as " stderr P ".
  constexpr size_t kHead = kTimeLength + sizeof " stdout F " - 1;
  if (line.size() < kHead) {
    return std::nullopt;
  }
  const std::optional<int64_t> time = ParseTime(line.substr(0, kTimeLength));
  const std::string_view stream = line.substr(kTimeLength, 8);
  const std::string_view tag = line.substr(kTimeLength + 8, 2);
  if (!time || (stream != " stdout " && stream != " stderr ") || (tag != "F " && tag != "P ")) {
    return std::nullopt;
  }
  return LogEntry{.time_ns = *time,
                  .stream = stream == " stdout " ? LogStream::kOut : LogStream::kErr,
                  .full = tag == "F ",
                  .text = line.substr(kHead)};
}

std::filesystem::path LogPath(const std::filesystem::path& directory, unsigned index) {
  return directory / (index == 0 ? "log" : "log." + std::to_string(index));
}

}  // namespace runtime::lifecycle
