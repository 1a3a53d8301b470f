// seccomp_probe NUMBER...: a static program for the inside of a container. Asks the system call
// filter about each call, given by its number, and makes none of them. Prints "NUMBER ANSWER":
// allowed, or the name of errno, or the signal that ends the caller.
//
// A second filter stops the call for this process, as a tracer, but only when the container's own
// filter allows it: of several filters the strictest counts (seccomp(2)).
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

[[noreturn]] void Ask(long number) {
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  ::raise(SIGSTOP);
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {4, steps};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    ::raise(SIGABRT);
  }
  const long result = ::syscall(number, 0, 0, 0, 0, 0, 0);
  ::_exit(result < 0 ? errno : 0);
}

const char* Answer(long number) {
  const pid_t child = ::fork();
  if (child == 0) {
    Ask(number);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
  ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
  ::waitpid(child, &status, 0);
  if (WIFSTOPPED(status)) {
    const bool allowed = status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
    const char* answer = allowed ? "allowed" : ::sigabbrev_np(WSTOPSIG(status));
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return answer;
  }
  if (WIFSIGNALED(status)) {
    return ::sigabbrev_np(WTERMSIG(status));
  }
  return WEXITSTATUS(status) == 0 ? "made" : ::strerrorname_np(WEXITSTATUS(status));
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const long number = std::strtol(argv[i], nullptr, 0);
    std::printf("%ld %s\n", number, Answer(number));
  }
  return 0;
}
