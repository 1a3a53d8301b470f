// The view of a run that fits where its output goes: live on a terminal, plain lines elsewhere,
// the result alone with `-q`.
#pragma once

#include <memory>

#include "pipeline/run_observer.h"

namespace runner {

struct TerminalViewOptions {
  int progress_fd = 2;  // stays open while the view lives, as result_fd
  int result_fd = 1;
  bool terminal = false;  // progress_fd is a terminal
  bool colour = false;    // allowed (Globals::colour); the result has some if it goes to a terminal
  bool quiet = false;
};

// Output that can't be written (a closed pipe) is dropped: the run goes on.
std::unique_ptr<pipeline::RunObserver> MakeTerminalView(const TerminalViewOptions& options);

}  // namespace runner
