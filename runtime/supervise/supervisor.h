// Supervisor: keeps the services of an image running, beside a command or alone, until it is asked
// to end or the command has ended; then stops them one after the other.
//
// One thread; signals are blocked and taken from a signalfd(2). The object is large: not for the
// stack.
#pragma once

#include <cstdint>

#include "runtime/supervise/command.h"
#include "runtime/supervise/output.h"
#include "runtime/supervise/requests.h"
#include "runtime/supervise/services.h"

namespace runtime::supervise {

class Supervisor {
 public:
  // `grace`: milliseconds that a stop may take in all; less than who asks for it will wait.
  Supervisor(int output, int64_t grace)
      : output_(output), grace_(grace), requests_(services_, grace) {}

  // `command`: what to run beside the services, with a null pointer at its end; or null.
  // The exit code: the command's; without one 0, or 1 when a service had to be killed; 125 when
  // there is nothing to run.
  int Run(const char* const* command);

 private:
  bool Begin(const char* const* command);
  void TakeSignals(int64_t now);
  void Reap(int64_t now);
  void BeginStop(int64_t now);
  void Advance(int64_t now);
  void StopNext(int64_t now);
  void PumpAndWait(int64_t now);
  void Drain();
  int CountUp();
  bool HasEnded();
  int ExitCode();

  Output output_;
  int64_t grace_;
  int signals_ = -1;
  Services services_;
  Requests requests_;
  bool has_command_ = false;
  Command command_;
  bool stopping_ = false;
  int64_t stop_deadline_ = 0;
};

}  // namespace runtime::supervise
