// escaper MODE: a static program for the inside of a container that does what it can to outlive its
// end. Says "ready" once it has done so.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
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
  const pid_t between = ::fork();
  if (between == 0) {
    ::setsid();
    if (::fork() == 0) {
      ::close(STDIN_FILENO);
      IgnoreSignals();
      Stay();
    }
    ::_exit(0);
  }
  ::waitpid(between, nullptr, 0);
}

// Each process forks as often as it can, into a session of its own, and never ends by itself.
[[noreturn]] void Bomb() {
  IgnoreSignals();
  Ready();
  while (true) {
    if (::fork() == 0) {
      ::setsid();
    }
  }
}

// A chain of live processes, each child of the one before, each with a zombie that it never reaps.
// They share their memory: copies of copies cost the kernel a list as long as the chain.
constexpr size_t kStack = 8192;
long depth = 0;
char* stacks = nullptr;

int Nothing(void*) { return 0; }

int Level(void* argument) {
  const long level = reinterpret_cast<long>(argument);
  char* stack = stacks + static_cast<size_t>(level) * 2 * kStack;
  if (::clone(Nothing, stack + kStack, CLONE_VM | SIGCHLD, nullptr) < 0) {
    return 1;
  }
  if (level == depth) {
    Ready();
  } else if (::clone(Level, stack + 2 * kStack, CLONE_VM | SIGCHLD,
                     reinterpret_cast<void*>(level + 1)) < 0) {
    return 1;
  }
  Stay();
}

[[noreturn]] void Deep(long levels) {
  depth = levels;
  stacks = static_cast<char*>(::mmap(nullptr, static_cast<size_t>(levels + 1) * 2 * kStack,
                                     PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ::_exit(Level(nullptr));
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
    Deep(std::atol(argv[2]));
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
