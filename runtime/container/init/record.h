// InitRecord and InitReport: what our init (PID 1 of a container) is told and what it answers.
//
// The record is a memory file at descriptor kRecordFd: this header, then in this order the
// supplementary groups, the seccomp filter, and the strings cwd, argv..., env..., each ended by
// NUL. The reports are written to the pipe at kReportFd, one per event.
#pragma once

#include <linux/filter.h>

#include <cstdint>

namespace runtime::container {

// The one argument of PID 1; without it the same program is an image's entrypoint
// (runtime/supervise).
inline constexpr char kInitArgument[] = "container";

inline constexpr int kRecordFd = 3;
inline constexpr int kReportFd = 4;

struct InitRecord {
  uint32_t uid;
  uint32_t gid;
  uint32_t group_count;
  uint32_t keeps_groups;    // 1: setgroups(2) isn't allowed (user_namespaces(7))
  uint32_t filter_length;   // instructions (struct sock_filter); 0: no filter
  uint32_t filter_flags;    // SECCOMP_FILTER_FLAG_*
  uint32_t argument_count;  // 0: no program is run
  uint32_t environment_count;
  uint32_t joins;         // 1: not PID 1, and its program ends with it
  uint32_t ends_all;      // 1: SIGTERM ends the program and whatever that has started
  uint32_t terminal;      // 1: make standard input the controlling terminal
  uint32_t stop_signal;   // what SIGTERM to init becomes for the program
  uint64_t capabilities;  // bit mask; what the program keeps when it is root
};

enum class InitEvent : uint32_t {
  kSetupFailed,  // number: errno, step: what was tried, target: on what
  kNotStarted,   // number: errno of execve(2)
  kStarted,      // of the program; after a kNotStarted it means nothing
  kEnded,        // number: wait status of the program
};

struct InitReport {
  InitEvent event;
  int32_t number;
  char step[32];
  char target[96];
};

}  // namespace runtime::container
