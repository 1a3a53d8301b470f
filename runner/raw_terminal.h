// RawTerminal: the user's terminal while a container's terminal is behind it.
#pragma once

#include <termios.h>

#include <optional>

namespace runner {

// Puts the terminal at descriptor 0 into raw mode (without `input`: its output only), and back at
// the end. Does nothing where there is no terminal.
class RawTerminal {
 public:
  explicit RawTerminal(bool input);
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal();

  // Gives a container's terminal the size of ours.
  static void CopyWindowSize(int master);
  // The size of ours: rows * 65536 + columns, 0 without a terminal.
  static int WindowSize();

 private:
  std::optional<termios> saved_;
};

}  // namespace runner
