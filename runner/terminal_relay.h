// TerminalRelay: joins the user's terminal and a container's: keys in, output out, window size
// kept.
#pragma once

#include <thread>

#include "runner/raw_terminal.h"
#include "runtime/base/fd.h"

namespace runner {

// Puts the terminal at descriptor 0 into raw mode (without input: its output only) and back at the
// end. One thread of its own.
class TerminalRelay {
 public:
  // `master`: the container's terminal, borrowed. Without `input` no key is passed on.
  TerminalRelay(int master, bool input);
  TerminalRelay(const TerminalRelay&) = delete;
  TerminalRelay& operator=(const TerminalRelay&) = delete;
  // Passes on what the container wrote last, then restores the terminal.
  ~TerminalRelay();

 private:
  void Run();

  int master_;
  bool input_;
  RawTerminal terminal_;
  runtime::base::UniqueFd window_changes_;  // signalfd
  runtime::base::UniqueFd done_;            // eventfd
  std::thread thread_;
};

}  // namespace runner
