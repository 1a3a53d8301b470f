// RunReader: past and present runs, for whoever shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/test_report.h"
#include "reports/run_record.h"

namespace reports {

struct RunPageRequest {
  size_t limit = 50;
  std::string before;  // only runs with a smaller id (ids sort by time); empty: from the newest
};

struct RunPageResult {
  std::vector<RunRecord> runs;  // newest first
  bool more = false;            // there are older ones
};

struct LogSlice {
  std::string text;     // whole lines of log_line.h, unless one is longer than what was asked for
  uint64_t offset = 0;  // of `text` in the log
  uint64_t size = 0;    // of the log now
  uint64_t next() const { return offset + text.size(); }
};

// Thread-safe. "Nothing" means that there is no such run, step or file, also for names that can't
// be one; Error means that reading failed.
class RunReader {
 public:
  virtual ~RunReader() = default;
  virtual RunPageResult List(const RunPageRequest& request) = 0;
  virtual std::optional<RunRecord> Find(std::string_view run_id) = 0;
  virtual std::optional<pipeline::TestReport> Tests(std::string_view run_id) = 0;
  // The whole lines of at most `max_bytes` from byte `offset` on.
  virtual std::optional<LogSlice> Log(std::string_view run_id, std::string_view step,
                                      uint64_t offset, size_t max_bytes) = 0;
  // The merged report as a JUnit file.
  virtual std::optional<std::string> Junit(std::string_view run_id) = 0;
};

}  // namespace reports
