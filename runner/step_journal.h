// StepJournal: runs/ID/steps.jsonl, what became of steps since record.json was written: a line for
// each that started or ended. So a step costs the same however many the run has. The file goes when
// the record has it all.
#pragma once

#include <filesystem>

#include "reports/run_record.h"
#include "runtime/base/fd.h"

namespace runner {

class StepJournal {
 public:
  // Begins a new file. Throws Error, as Append does.
  explicit StepJournal(const std::filesystem::path& path);

  // Written before it returns; not flushed to disk.
  void Append(const reports::StepRecord& step);

 private:
  std::string name_;
  runtime::base::UniqueFd fd_;
};

// Puts what the journal says into the record. A line that was cut (its writer died, the disk was
// full) says nothing. False when there is no journal. Throws Error.
bool ApplyStepJournal(const std::filesystem::path& path, reports::RunRecord& record);

}  // namespace runner
