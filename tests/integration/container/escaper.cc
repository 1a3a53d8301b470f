// escaper MODE: a static program for the inside of a container that does what it can to outlive its
// end. Says "ready" once it has done so.
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

void IgnoreSignals() {
  for (int signal = 1; signal < NSIG; ++signal) {
    ::signal(signal, SIG_IGN);
  }
}

void Ready() { [[maybe_unused]] const ssize_t n = ::write(STDOUT_FILENO, "ready\n", 6); }

[[noreturn]] void Stay() {
  while (true) {
    ::pause();
  }
}

// In another session, with no parent but PID 1.
void Detach() {
  if (::fork() == 0) {
    ::setsid();
    if (::fork() == 0) {
      ::close(STDIN_FILENO);
      IgnoreSignals();
      Stay();
    }
    ::_exit(0);
  }
}

// Each process forks as often as it can, and never ends by itself.
[[noreturn]] void Bomb() {
  IgnoreSignals();
  Ready();
  while (true) {
    ::fork();
  }
}

// A chain of live processes, each child of the one before, each with a zombie that it never reaps.
[[noreturn]] void Deep(int depth) {
  for (int level = 0; level < depth; ++level) {
    if (::fork() == 0) {
      ::_exit(0);
    }
    const pid_t child = ::fork();
    if (child < 0) {
      ::_exit(1);
    }
    if (child != 0) {
      Stay();
    }
  }
  Ready();
  Stay();
}

// A process stopped by its tracer, which is stopped itself.
[[noreturn]] void Traced() {
  const pid_t traced = ::fork();
  if (traced == 0) {
    IgnoreSignals();
    Stay();
  }
  ::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr);
  ::ptrace(PTRACE_INTERRUPT, traced, nullptr, nullptr);
  ::waitpid(traced, nullptr, __WALL);
  Ready();
  ::raise(SIGSTOP);
  Stay();
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (std::strcmp(mode, "bomb") == 0) {
    Bomb();
  } else if (std::strcmp(mode, "deep") == 0 && argc > 2) {
    Deep(std::atoi(argv[2]));
  } else if (std::strcmp(mode, "traced") == 0) {
    Traced();
  } else if (std::strcmp(mode, "stopped") == 0) {
    Detach();
    Ready();
    ::raise(SIGSTOP);
  } else if (std::strcmp(mode, "detached") == 0) {
    for (int i = 0; i < 20; ++i) {
      Detach();
    }
    IgnoreSignals();
    Ready();
    Stay();
  }
  return 2;
}
