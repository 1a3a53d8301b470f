// Service: one directory NAME with a program `run`, kept running.
//
//   NAME/run          started, and started again when it ends
//   NAME/finish       run after each end of `run`, with its exit code (-1: a signal) and signal
//   NAME/down         the service isn't started until somebody asks for it
//   NAME/down-signal  the name of the signal that asks it to end (default TERM)
//
// For one thread. Reaping is the supervisor's: it tells the service when its process has ended.
#pragma once

#include <sys/types.h>

#include "runtime/supervise/back_off.h"
#include "runtime/supervise/line_relay.h"
#include "runtime/supervise/text.h"

namespace runtime::supervise {

class Service {
 public:
  enum class State {
    kDown,
    kUp,         // `run` is running
    kFinishing,  // `finish` is
    kWaiting,    // for the next start
  };

  // `directory` is an open one. False, with errno, when NAME in it can't be used.
  bool Open(int directory, const char* name);

  // Does nothing when it is up, or about to be.
  void Start(int64_t now);
  // Asks it to end, and sees to it that it has `grace` milliseconds later.
  void Stop(int64_t now, int64_t grace);
  // A signal of somebody's, for `run`.
  void Signal(int signal) const;

  // Just before its process is reaped: nothing that it has started lives on in its process group.
  void KillRest() const;
  void Ended(int status, int64_t now);

  // Does what is due; `deadline` is when something is again, or -1.
  void Tick(int64_t now);
  int64_t deadline() const { return deadline_; }

  const char* name() const { return name_; }
  State state() const { return state_; }
  pid_t pid() const { return pid_; }  // of `run` or `finish`, or -1
  bool stopping() const { return !wanted_ && state_ != State::kDown; }
  bool starts_down() const;
  bool was_killed() const { return was_killed_; }
  LineRelay& relay() { return relay_; }

  // "web: up 35 s, pid 17"
  Line Describe(int64_t now) const;

 private:
  void Run(int64_t now);
  bool Finish(int status);
  void EndOfRun(int64_t now);
  void ReadStopSignal();

  char name_[kMaxName + 1] = {};
  int directory_ = -1;
  int stop_signal_ = 15;
  LineRelay relay_;

  State state_ = State::kDown;
  bool wanted_ = false;
  bool was_killed_ = false;
  pid_t pid_ = -1;
  int64_t since_ = 0;      // of the state
  int64_t ran_ = 0;        // how long the last run was
  int last_status_ = 0;    // how it ended
  int64_t deadline_ = -1;  // kWaiting: of the start; else, when stopping: of the kill
  BackOff back_off_;
};

}  // namespace runtime::supervise
