// Starting a program as a child of the supervisor, and saying how it ended.
#pragma once

#include <sys/types.h>

#include "runtime/supervise/text.h"

namespace runtime::supervise {

// What a child gets of its own before the exec.
struct Launch {
  const char* const* argv = nullptr;  // argv[0] is looked up in PATH when it has no slash
  int directory = -1;                 // to be its working directory; -1: the supervisor's
  int output = -1;                    // 1 and 2, and /dev/null for 0; -1: the supervisor's
  bool session = false;               // of its own; else a process group, in front of the terminal
};

// -1 and errno when there can be no child. A program that can't be executed says so on its standard
// error and ends with 126, or 127 when it isn't there.
pid_t Start(const Launch& launch);

// "exit code 3", "killed by SIGSEGV": from a wait status.
Line DescribeStatus(int status);

// One line on the supervisor's standard error, dropped when nobody takes it.
void Say(const Line& line);

// Milliseconds of the clock that no one sets.
int64_t Now();

}  // namespace runtime::supervise
