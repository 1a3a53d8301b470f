#include "runner/raw_terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace runner {
namespace {

std::optional<winsize> OurSize() {
  winsize size;
  if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 ||
      ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    return size;
  }
  return std::nullopt;
}

}  // namespace

RawTerminal::RawTerminal(bool input) {
  termios settings;
  if (::tcgetattr(STDIN_FILENO, &settings) == 0) {
    saved_ = settings;
    if (input) {
      ::cfmakeraw(&settings);
    }
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);  // The container's terminal did that.
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
  }
}

RawTerminal::~RawTerminal() {
  if (saved_) {
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*saved_);
  }
}

void RawTerminal::CopyWindowSize(int master) {
  if (const std::optional<winsize> size = OurSize()) {
    ::ioctl(master, TIOCSWINSZ, &*size);
  }
}

int RawTerminal::WindowSize() {
  const std::optional<winsize> size = OurSize();
  return size ? size->ws_row << 16 | size->ws_col : 0;
}

}  // namespace runner
