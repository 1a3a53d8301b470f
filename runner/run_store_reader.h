// RunStoreReader: runs as their directories tell them (run_directory.h).
#pragma once

#include <filesystem>

#include "reports/run_reader.h"

namespace runner {

// Holds no state but the path, so it may be used from any thread.
class RunStoreReader : public reports::RunReader {
 public:
  explicit RunStoreReader(std::filesystem::path runs) : runs_(std::move(runs)) {}

  // A record that can't be read is listed as errored, with the reason.
  reports::RunPageResult List(const reports::RunPageRequest& request) override;
  std::optional<reports::RunRecord> Find(std::string_view run_id) override;
  std::optional<pipeline::TestReport> Tests(std::string_view run_id) override;
  std::optional<reports::LogSlice> Log(std::string_view run_id, std::string_view step,
                                       uint64_t offset, size_t max_bytes) override;
  std::optional<std::string> Junit(std::string_view run_id) override;

 private:
  const std::filesystem::path runs_;
};

}  // namespace runner
