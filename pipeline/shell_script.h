// How `run` becomes a command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// Linux's bound of one argument (execve(2), MAX_ARG_STRLEN), with the NUL.
inline constexpr size_t kMaxScriptBytes = 128 * 1024 - 1;

// `/bin/sh -e -x -c SCRIPT`: the first failing command ends the script, and the shell itself says
// each command before it runs ("+ make") on standard error: right for loops, heredocs and lines
// that go on, where splitting the text into lines would not be. `shell:` replaces all but SCRIPT,
// so a shell of one's own echoes only with its own -x.
std::vector<std::string> DefaultShell();

// Is it a program that runs one of its arguments as shell text? Expressions with text of strangers
// are refused there as in `run`.
bool IsShell(std::string_view program);

}  // namespace pipeline
