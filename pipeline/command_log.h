// CommandLog: the log of one step on its way up: workflow commands in it are understood, masked
// texts hidden.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/mask_set.h"
#include "pipeline/run_observer.h"
#include "pipeline/step_backend.h"
#include "pipeline/workflow_command.h"

namespace pipeline {

// Of one thread. Each line goes up as it is, but for what is masked; a command then follows by
// itself (RunObserver::StepCommand). What a mask hides is hidden in all steps from then on.
class CommandLog : public StepLog {
 public:
  // Both must outlive this object.
  CommandLog(RunObserver& observer, MaskSet& masks, std::string step)
      : observer_(observer), masks_(masks), step_(std::move(step)) {}

  void Line(Stream stream, std::string_view line) override;

  // Did it ask to hide a text? (`::add-mask::`)
  bool has_masks() const { return has_masks_; }

  // Errors, warnings and notices so far, at most kMaxAnnotations.
  static constexpr size_t kMaxAnnotations = 100;
  std::vector<WorkflowCommand> TakeAnnotations() { return std::move(annotations_); }

 private:
  void Obey(WorkflowCommand command);
  void AddMask(const std::string& value);

  RunObserver& observer_;
  MaskSet& masks_;
  const std::string step_;
  bool has_masks_ = false;
  std::vector<WorkflowCommand> annotations_;
};

}  // namespace pipeline
