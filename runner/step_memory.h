// StepMemory: notes what each step of a run was and left, and takes over what another run noted.
#pragma once

#include <optional>
#include <string>

#include "pipeline/step_backend.h"
#include "runner/kept_run.h"
#include "runner/masker.h"
#include "runner/resume.h"
#include "runner/run_paths.h"

namespace runner {

// Safe from several threads at once.
class StepMemory {
 public:
  // `paths`: of the run itself, beside that which it goes on from. `masker` outlives the object: no
  // secret is noted.
  StepMemory(const RunPaths& paths, Resume resume, const Masker& masker);

  // How the run that this one goes on from began; nothing for a run of its own. Throws Error, as
  // all of them do.
  std::optional<KeptStart> TakeOverStart() const;
  // The same of a step that isn't run again.
  std::optional<KeptStep> TakeOver(const std::string& step, pipeline::StepLog& log) const;

  // Is it a run of its own, and not one that goes on from another?
  bool BeganAnew() const { return resume_.run.empty(); }

  // Is the patch for what this step begins with?
  bool Patches(const std::string& step) const {
    return !resume_.patch.empty() && step == resume_.from;
  }
  std::string ReadPatch() const;

  // A note that can't be written is told in the log: the step has ended as it has.
  void Note(const pipeline::CommandRequest& request, const pipeline::StepResult& result,
            const std::string& rootfs, pipeline::StepLog& log) const;
  // Of an image build.
  void Note(const std::string& step, const pipeline::StepResult& result,
            pipeline::StepLog& log) const;

 private:
  void Write(const std::string& step, const KeptStep& kept, pipeline::StepLog& log) const;

  const RunPaths paths_;
  const Resume resume_;
  const RunPaths before_;  // of the run that this one goes on from
  const Masker& masker_;
};

}  // namespace runner
