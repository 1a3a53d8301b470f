#include "runtime/lifecycle/log_writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace runtime::lifecycle {

LogWriter::LogWriter(std::filesystem::path directory, const LogLimits& limits) noexcept
    : directory_(std::move(directory)), limits_(limits) {
  Open();
}

void LogWriter::Open() {
  file_.Reset(
      ::open(LogPath(directory_, 0).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  struct stat st;
  size_ = file_ && ::fstat(file_.get(), &st) == 0 ? static_cast<uint64_t>(st.st_size) : 0;
}

void LogWriter::Rotate() {
  for (unsigned index = limits_.files - 1; index > 0; --index) {
    ::rename(LogPath(directory_, index - 1).c_str(), LogPath(directory_, index).c_str());
  }
  if (limits_.files == 1) {
    // Not truncated: who reads it to its end has the old one still.
    ::unlink(LogPath(directory_, 0).c_str());
  }
  Open();
}

void LogWriter::Append(LogStream stream, std::string_view bytes) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string time =
      FormatLogTime(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  while (!bytes.empty()) {
    const size_t before = buffer_.size();
    bytes.remove_prefix(AppendLogLine(buffer_, stream, time, bytes));
    if (size_ + before > 0 && size_ + buffer_.size() > limits_.file_bytes) {
      const std::string line = buffer_.substr(before);
      buffer_.resize(before);
      Flush();
      Rotate();
      buffer_ = line;
    }
  }
  Flush();
}

void LogWriter::Flush() {
  if (!file_) {
    Open();
  }
  const ssize_t n = ::write(file_.get(), buffer_.data(), buffer_.size());
  if (n > 0 && static_cast<size_t>(n) < buffer_.size()) {
    // The next line must not continue this one.
    [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<off_t>(size_));
  } else if (n > 0) {
    size_ += static_cast<uint64_t>(n);
  }
  buffer_.clear();
}

}  // namespace runtime::lifecycle
