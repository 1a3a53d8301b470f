// ServiceLog: the log of one service, beside those of the steps: bounded and masked as they are.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/step_backend.h"
#include "runner/masked_log.h"
#include "runner/masker.h"
#include "runner/run_paths.h"
#include "runner/step_log_file.h"
#include "runner/step_tails.h"

namespace runner {

// One thread at a time.
class ServiceLog : public pipeline::StepLog {
 public:
  // `name`: as a step's (RunPaths::log()). `masker` outlives the object. Throws Error.
  ServiceLog(const RunPaths& paths, const std::string& name, Masker& masker);

  void Line(pipeline::Stream stream, std::string_view line) override;
  // Writes what was held back; what comes later is dropped.
  void Close();

  // The last ones of what was kept, without secrets.
  const std::deque<std::string>& last_lines() const { return kept_.tails_.Of(""); }

 private:
  struct Kept : pipeline::StepLog {
    Kept(const RunPaths& paths, const std::string& name);
    void Line(pipeline::Stream stream, std::string_view line) override;

    std::optional<StepLogFile> file_;  // until it fails: a full disk ends no service
    StepTails tails_;
  };

  Kept kept_;
  std::optional<MaskedLog> masked_;
};

}  // namespace runner
