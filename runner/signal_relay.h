// Signals of the user, passed on to a container (docker's --sig-proxy).
#pragma once

#include <signal.h>

#include "runtime/base/fd.h"
#include "runtime/container/container.h"

namespace runner {

// Blocks SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGWINCH in this thread and those
// it starts.
class BlockedSignals {
 public:
  BlockedSignals();
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals();
  // Those that are passed on: all of them but SIGWINCH.
  static sigset_t Set();

 private:
  sigset_t before_;
};

// To be watched while the container is waited for: each signal of BlockedSignals::Set() goes to the
// container's program; the second SIGINT or SIGTERM kills the container.
class SignalRelay {
 public:
  // `container` must outlive the object.
  explicit SignalRelay(runtime::container::Container& container);
  runtime::container::Watched Watched();

 private:
  void PassOn();

  runtime::container::Container& container_;
  runtime::base::UniqueFd signals_;  // signalfd(2)
  int asked_ = 0;
};

}  // namespace runner
