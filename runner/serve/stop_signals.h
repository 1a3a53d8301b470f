// Waits for the signals that end a server: SIGTERM and SIGINT.
#pragma once

#include "runtime/base/fd.h"

namespace runner::serve {

// While it lives, a first SIGTERM or SIGINT is kept for Wait, and a second one ends the process at
// once, as by default. A handler in place of a blocked mask: children inherit a mask. One per
// process.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  // Returns when a signal came, also one from before the call.
  void Wait();

 private:
  runtime::base::Pipe pipe_;
};

}  // namespace runner::serve
