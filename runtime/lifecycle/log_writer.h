// LogWriter: what a container wrote, kept in bounded space.
//
// The current file is followed by a new one when it is full; the oldest goes. Nothing is flushed: a
// log is no promise across a loss of power. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/lifecycle/log_format.h"
#include "runtime/lifecycle/record.h"

namespace runtime::lifecycle {

class LogWriter {
 public:
  // Goes on with what is there. Never throws: where a file can't be opened or written (a full
  // disk), what was to be logged is lost and the container goes on.
  LogWriter(std::filesystem::path directory, const LogLimits& limits) noexcept;

  // With the present time.
  void Append(LogStream stream, std::string_view bytes);

 private:
  void Open();
  void Rotate();
  void Flush();  // the buffer to the file

  std::filesystem::path directory_;
  LogLimits limits_;
  base::UniqueFd file_;
  uint64_t size_ = 0;
  std::string buffer_;
};

}  // namespace runtime::lifecycle
