#include "runtime/supervise/command.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "runtime/supervise/process.h"

namespace runtime::supervise {

bool Command::Start(const char* const* argv) {
  pid_ = supervise::Start({.argv = argv});
  if (pid_ < 0) {
    Line line;
    Say(line << argv[0] << ": can't be started: " << ::strerror(errno));
  }
  return pid_ > 0;
}

void Command::Stop(int64_t now, int64_t grace) {
  stopping_ = true;
  deadline_ = now + grace;
  ::kill(pid_, SIGTERM);
  ::kill(pid_, SIGCONT);
}

void Command::Signal(int signal) const { ::kill(pid_, signal); }

void Command::Ended(int status) {
  pid_ = -1;
  deadline_ = -1;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Command::Tick(int64_t now) {
  if (deadline_ >= 0 && now >= deadline_) {
    deadline_ = -1;
    ::kill(pid_, SIGKILL);
  }
}

}  // namespace runtime::supervise
