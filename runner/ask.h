// Asking the user something on the terminal.
#pragma once

#include <string>

namespace runner {

enum class Echo { kOn, kOff };

// Shows `question` on standard error and reads one line from standard input, without its end; with
// kOff what is typed isn't shown. Throws Error (kUsage) when standard input isn't a terminal or
// ends.
std::string Ask(const std::string& question, Echo echo);

}  // namespace runner
