// AttachRelay: joins our standard streams and a kept container's, through its monitor.
//
//   AttachRelay relay(connection, choice);
//   relay.Attach();           from the next byte of output on
//   ... start the container, where it doesn't run yet ...
//   AttachEnd end = relay.Run();
#pragma once

#include <string>

#include "runner/detach_keys.h"
#include "runtime/base/fd.h"

namespace runner {

struct AttachChoice {
  bool terminal = false;  // the container has one
  bool input = false;     // ours is for the container
  bool signals = true;    // ours go to the container's program
  std::string detach_keys;
};

struct AttachEnd {
  enum class How { kEnded, kDetached, kSignalled, kMonitorGone };
  How how = How::kMonitorGone;
  int number = 0;      // exit code; or the signal that was for us
  std::string reason;  // of kEnded, where the code doesn't tell
};

// One thread. The signals that are passed on must be blocked (BlockedSignals).
class AttachRelay {
 public:
  // A connection to the monitor (lifecycle/control.h), borrowed.
  AttachRelay(int connection, const AttachChoice& choice);

  // Throws Error.
  void Attach();
  // Until the container ends or we are to leave it. Throws Error.
  AttachEnd Run();

 private:
  void TakeReply();
  void TakeTyped();
  void SendTyped();
  void TakeSignal();

  int connection_;
  AttachChoice choice_;
  DetachKeys keys_;
  bool raw_ = false;  // keys come one by one, from a terminal
  runtime::base::UniqueFd out_;
  runtime::base::UniqueFd err_;
  runtime::base::UniqueFd input_;
  std::string typed_;  // on its way to the container
  bool reading_ = false;
  runtime::base::UniqueFd signals_;
  int asked_ = 0;
  bool connected_ = true;
  AttachEnd end_;
};

}  // namespace runner
