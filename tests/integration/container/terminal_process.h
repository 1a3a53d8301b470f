// TerminalProcess: a program under a pseudo-terminal of the test.
#pragma once

#include <sys/types.h>

#include <string>

#include "runtime/base/fd.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {

// Killed and waited for with the object.
class TerminalProcess {
 public:
  TerminalProcess() = default;
  TerminalProcess(const TerminalProcess&) = delete;
  TerminalProcess& operator=(const TerminalProcess&) = delete;
  ~TerminalProcess();

  // The command in a session of its own whose terminal has 33 rows and 77 columns.
  void Begin(const Words& words);
  void Type(const std::string& keys);
  // A window of 44 rows and 88 columns, then keys, while the command is stopped: it finds both at
  // once.
  void ResizeAndType(const std::string& keys);
  // What the terminal shows until `text`, or until its end when that is empty.
  std::string ReadUntil(const std::string& text);
  // The exit code; 128 + signal when one ended it.
  int Wait();

 protected:
  runtime::base::UniqueFd master_;
  pid_t pid_ = -1;
  std::string shown_;
};

}  // namespace tests
