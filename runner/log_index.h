// The index of a step's log, beside it: which line begins at which byte, and when it was written.
//
// One mark in text form for about every 64 KiB of the log, so that a reader finds a line or a time
// without reading what is before it. A mark is written after the line that it points to: it never
// points behind the log's end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/fd.h"

namespace runner {

struct LogMark {
  uint64_t line = 0;    // of the step's output, from 0; lines that were left out count
  int64_t time_ms = 0;  // since 1970
  uint64_t offset = 0;  // in the log
};

class LogIndex {
 public:
  // Makes or continues the file. Throws Error, as Wrote() does.
  explicit LogIndex(const std::filesystem::path& path);

  // This line was just written. `needed`: a mark even if the last one is near.
  void Wrote(const LogMark& line, bool needed = false);

 private:
  std::string name_;
  runtime::base::UniqueFd fd_;
  bool empty_ = true;
  uint64_t last_ = 0;  // offset of the last mark
};

// The marks, in order; none when there is no index. One that is torn or goes back is left out, with
// all behind it. Throws Error.
std::vector<LogMark> ReadLogIndex(const std::filesystem::path& path);

}  // namespace runner
