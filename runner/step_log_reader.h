// StepLogReader: the log of one step line by line, while it may grow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reports/log_line.h"
#include "runner/run_paths.h"
#include "runtime/base/fd.h"

namespace runner {

// A step that hasn't begun has an empty log. Memory is that of one block, whatever the log's size.
// One thread. Everything throws Error.
class StepLogReader {
 public:
  StepLogReader(const RunPaths& paths, const std::string& step);

  // What comes next is the first line that was written then or later, by the log's index.
  void SkipTo(int64_t time_ms);
  // ... the last `lines` lines of what there is now.
  void SkipToLast(uint64_t lines);

  // The next line, nothing where the log ends now. `ended`: the run has, so a line that a crash
  // tore is one, too.
  std::optional<reports::LogLine> Next(bool ended);

 private:
  bool Fill();

  const std::filesystem::path log_;
  const std::filesystem::path index_;
  runtime::base::UniqueFd file_;
  uint64_t offset_ = 0;  // of what is read next into the buffer
  std::string buffer_;
  size_t begin_ = 0;  // of what is unread in it
  std::optional<reports::LogLine> next_;
};

}  // namespace runner
