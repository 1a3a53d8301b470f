// CancelSignals: SIGINT, SIGTERM and SIGHUP as a stop token.
#pragma once

#include <stop_token>
#include <thread>

#include "runtime/base/fd.h"

namespace runner {

// The first signal requests a stop: what runs is ended cleanly. The second ends this process at
// once; the kernel and the reaper see to the rest. Construct it before other threads, so that they
// inherit the blocked signals.
class CancelSignals {
 public:
  CancelSignals();
  CancelSignals(const CancelSignals&) = delete;
  CancelSignals& operator=(const CancelSignals&) = delete;
  ~CancelSignals();

  std::stop_token token() const { return source_.get_token(); }

 private:
  void Run();

  std::stop_source source_;
  runtime::base::UniqueFd signals_;  // signalfd
  runtime::base::UniqueFd done_;     // eventfd
  std::thread thread_;
};

}  // namespace runner
