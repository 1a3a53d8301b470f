// Names of signals, as users write them.
#pragma once

#include <string_view>

namespace runtime::base {

// "SIGTERM", "TERM" or "15"; 0 when there is no such signal. Allocates nothing.
int SignalNumber(std::string_view text);

}  // namespace runtime::base
