// Running other programs in a test.
#pragma once

#include <string>
#include <vector>

namespace tests {

struct CommandResult {
  int status = -1;     // exit code; 128 + signal when killed by one
  std::string output;  // standard output and standard error together
};

// Runs a program from PATH with `input` on its standard input, and waits for its end.
CommandResult RunCommand(const std::vector<std::string>& command, const std::string& input = "");

}  // namespace tests
