// Names of signals for a program that has no sigabbrev_np(3).
#pragma once

#include "runtime/supervise/text.h"

namespace runtime::supervise {

// "SIGTERM", "TERM" or "15"; 0 when there is no such signal.
int SignalNumber(std::string_view text);

// "SIGTERM", or "signal 40".
Line SignalName(int signal);

}  // namespace runtime::supervise
