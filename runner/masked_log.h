// MaskedLog: a step's log without secrets.
#pragma once

#include "pipeline/step_backend.h"
#include "runner/masker.h"

namespace runner {

// Understands the workflow command "::add-mask::VALUE" in what a step prints: VALUE, with %0A, %0D
// and %25 for line ends and "%", is masked from there on, in all of the run.
class MaskedLog : public pipeline::StepLog {
 public:
  // Both outlive the object.
  MaskedLog(pipeline::StepLog& log, Masker& masker);
  MaskedLog(const MaskedLog&) = delete;
  MaskedLog& operator=(const MaskedLog&) = delete;
  // Passes on what was held back.
  ~MaskedLog() override;

  void Line(pipeline::Stream stream, std::string_view line) override;

 private:
  void AddMask(std::string_view value);

  pipeline::StepLog& log_;
  Masker& masker_;
  LineMasker out_;
  LineMasker err_;
  LineMasker ours_;
};

}  // namespace runner
