#include "runner/ask.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "runtime/base/error.h"

namespace runner {
namespace {

// Nothing that is typed is shown while it lives.
class EchoOff {
 public:
  EchoOff() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }

 private:
  termios before_{};
};

std::string ReadLine() {
  std::string line;
  if (!std::getline(std::cin, line)) {
    throw runtime::base::Error(runtime::base::ErrorKind::kUsage, "no answer");
  }
  return line;
}

}  // namespace

std::string Ask(const std::string& question, Echo echo) {
  if (::isatty(STDIN_FILENO) != 1) {
    throw runtime::base::Error(runtime::base::ErrorKind::kUsage,
                               "standard input isn't a terminal to ask on");
  }
  std::fputs(question.c_str(), stderr);
  if (echo == Echo::kOff) {
    const EchoOff off;
    return ReadLine();
  }
  return ReadLine();
}

}  // namespace runner
