#include "runtime/supervise/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "runtime/supervise/signal_names.h"

namespace runtime::supervise {
namespace {

void WriteError(const Line& line) {
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, line.view().data(), line.view().size());
}

[[noreturn]] void Execute(const Launch& launch) {
  if (launch.session) {
    ::setsid();
  } else {
    ::setpgid(0, 0);
    // The keys of a terminal are for the program. SIGTTOU, which this earns, is blocked still.
    ::tcsetpgrp(STDIN_FILENO, ::getpid());
  }
  if (launch.output >= 0) {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(launch.output, STDOUT_FILENO);
    ::dup2(launch.output, STDERR_FILENO);
  }
  int failure = launch.directory >= 0 && ::fchdir(launch.directory) != 0 ? errno : 0;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (failure == 0) {
    ::execvp(launch.argv[0], const_cast<char* const*>(launch.argv));
    failure = errno;
  }
  Line line;
  WriteError(line << launch.argv[0] << ": " << ::strerror(failure) << "\n");
  ::_exit(failure == ENOENT || failure == ENOTDIR ? 127 : 126);
}

}  // namespace

pid_t Start(const Launch& launch) {
  const pid_t child = ::fork();
  if (child == 0) {
    Execute(launch);
  }
  return child;
}

Line DescribeStatus(int status) {
  Line text;
  if (WIFEXITED(status)) {
    return text << "exit code " << WEXITSTATUS(status);
  }
  return text << "killed by " << SignalName(WTERMSIG(status)).view();
}

void Say(const Line& line) {
  pollfd event = {STDERR_FILENO, POLLOUT, 0};
  if (::poll(&event, 1, 0) == 1) {
    Line whole;
    WriteError(whole << "runner-init: " << line.view() << "\n");
  }
}

int64_t Now() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace runtime::supervise
