// StepOutput: the two pipes that a step writes to, read line by line.
#pragma once

#include <string>
#include <thread>

#include "pipeline/step_backend.h"
#include "runtime/base/fd.h"

namespace runner {

// A line longer than 64 KiB is passed on in parts. One thread of its own.
class StepOutput {
 public:
  // `owner`: host id that may open the pipes again as /dev/stdout and /dev/stderr.
  StepOutput(pipeline::StepLog& log, unsigned owner);
  StepOutput(const StepOutput&) = delete;
  StepOutput& operator=(const StepOutput&) = delete;
  ~StepOutput() { Finish(); }

  int out() const { return out_.write.get(); }
  int err() const { return err_.write.get(); }

  // Begins to read; the container has its copies.
  void Begin();
  // Returns when all was read: nothing in the container holds the pipes any more.
  void Finish();

 private:
  void Run();

  pipeline::StepLog& log_;
  runtime::base::Pipe out_;
  runtime::base::Pipe err_;
  std::thread thread_;
};

}  // namespace runner
