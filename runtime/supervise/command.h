// Command: the program that an image's services stand beside; its end is the container's.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace runtime::supervise {

class Command {
 public:
  // In the foreground of the terminal. False, having said why, when there can be no child.
  bool Start(const char* const* argv);
  // SIGTERM, and SIGKILL `grace` milliseconds later.
  void Stop(int64_t now, int64_t grace);
  void Signal(int signal) const;
  void Ended(int status);
  // Does what is due; `deadline` is when something is again, or -1.
  void Tick(int64_t now);

  bool running() const { return pid_ > 0; }
  bool stopping() const { return stopping_; }
  pid_t pid() const { return pid_; }
  int64_t deadline() const { return deadline_; }
  int exit_code() const { return exit_code_; }  // 128 + signal when one ended it

 private:
  pid_t pid_ = -1;
  bool stopping_ = false;
  int64_t deadline_ = -1;
  int exit_code_ = 125;
};

}  // namespace runtime::supervise
