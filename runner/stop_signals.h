// StopSignals: SIGINT, SIGTERM and SIGHUP as a stop token.
#pragma once

#include <stop_token>
#include <thread>

#include "runtime/base/fd.h"

namespace runner {

// The first signal requests a stop: what runs is ended cleanly. The second ends this process at
// once, as by default; the kernel and the reaper see to the rest. Ignored hang-ups (nohup(1)) stay
// ignored. Handlers in place of a blocked mask: children inherit a mask. Starts a thread. One per
// process.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  std::stop_token token() const { return source_.get_token(); }

  // Returns when a signal came, also one from before the call.
  void Wait() const;

 private:
  std::stop_source source_;
  runtime::base::Pipe pipe_;  // a byte from the handler, or its end from the destructor
  std::thread thread_;
};

}  // namespace runner
