// QueuedRunReader: the run directories' view, and runs that have none: queued ones, and those that
// ended before they could make one.
#pragma once

#include "reports/run_reader.h"
#include "runner/serve/run_store.h"

namespace runner::serve {

class QueuedRunReader : public reports::RunReader {
 public:
  // Both must outlive the reader.
  QueuedRunReader(reports::RunReader& directories, RunStore& store)
      : directories_(directories), store_(store) {}

  reports::RunPageResult List(const reports::RunPageRequest& request) override;
  std::optional<reports::RunRecord> Find(std::string_view run_id) override;
  std::optional<pipeline::TestReport> Tests(std::string_view run_id) override;
  std::optional<reports::LogSlice> Log(std::string_view run_id, std::string_view step,
                                       uint64_t offset, size_t max_bytes) override;
  std::optional<std::string> Junit(std::string_view run_id) override;

 private:
  reports::RunReader& directories_;
  RunStore& store_;
};

}  // namespace runner::serve
