// runner-init: PID 1 of every container, and the parent of each program that joins one later.
// Starts the program, passes signals on to it, reaps whatever is orphaned, and reports how the
// program ended; with its own end the kernel ends all the rest.
//
// It runs from a sealed memory file, allocates nothing and is not dumpable, so that nothing inside
// can read or change it. One thread; signals are blocked and taken with sigwaitinfo(2).
#include "runtime/supervise/main.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/container/init/landlock.h"
#include "runtime/container/init/record.h"

namespace runtime::container {
namespace {

constexpr int kMaxStrings = 65536;

// The record, taken apart in place.
struct Program {
  const InitRecord* header = nullptr;
  const gid_t* groups = nullptr;
  sock_filter* filter = nullptr;
  const char* cwd = nullptr;
  char** argv = nullptr;
  char** env = nullptr;
};

char* strings[kMaxStrings + 2];

void Report(InitEvent event, int number, const char* step) {
  InitReport report = {};
  report.event = event;
  report.number = number;
  ::strncpy(report.step, step, sizeof report.step - 1);
  // One write below PIPE_BUF is whole or not at all (pipe(7)).
  [[maybe_unused]] const ssize_t n = ::write(kReportFd, &report, sizeof report);
}

[[noreturn]] void Fail(const char* step) {
  Report(InitEvent::kSetupFailed, errno, step);
  ::_exit(125);
}

Program ReadRecord() {
  struct stat st;
  if (::fstat(kRecordFd, &st) != 0) {
    Fail("read the record");
  }
  void* data = ::mmap(nullptr, static_cast<size_t>(st.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE,
                      kRecordFd, 0);
  if (data == MAP_FAILED) {
    Fail("map the record");
  }
  ::close(kRecordFd);
  char* next = static_cast<char*>(data);
  Program program;
  program.header = reinterpret_cast<InitRecord*>(next);
  next += sizeof(InitRecord);
  program.groups = reinterpret_cast<gid_t*>(next);
  next += program.header->group_count * sizeof(gid_t);
  program.filter = reinterpret_cast<sock_filter*>(next);
  next += program.header->filter_length * sizeof(sock_filter);
  program.cwd = next;
  next += ::strlen(next) + 1;
  if (program.header->argument_count + program.header->environment_count > kMaxStrings) {
    errno = E2BIG;
    Fail("read the record");
  }
  size_t slot = 0;
  const auto take = [&](uint32_t count) {
    char** first = &strings[slot];
    for (uint32_t i = 0; i < count; ++i) {
      strings[slot++] = next;
      next += ::strlen(next) + 1;
    }
    strings[slot++] = nullptr;
    return first;
  };
  program.argv = take(program.header->argument_count);
  program.env = take(program.header->environment_count);
  return program;
}

// --- The program's side of the fork. ---------------------------------------------------------

void SetCapabilities(uint64_t keep) {
  for (int cap = 0; cap < 64; ++cap) {
    if ((keep >> cap & 1) == 0 && ::prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EINVAL) {
      Fail("capability bounding set");
    }
  }
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

// After the user is set: a user that isn't root has lost its capabilities with that already.
void LimitCapabilities(uint64_t keep) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (::geteuid() == 0) {
    for (int word = 0; word < 2; ++word) {
      const auto bits = static_cast<uint32_t>(keep >> (32 * word));
      data[word].permitted = bits;
      data[word].effective = bits;
    }
  }
  if (::syscall(SYS_capset, &header, data) != 0) {
    Fail("capabilities");
  }
}

void SetUser(const Program& program) {
  const InitRecord& header = *program.header;
  if ((header.keeps_groups == 0 &&
       ::syscall(SYS_setgroups, header.group_count, program.groups) != 0) ||
      ::syscall(SYS_setresgid, header.gid, header.gid, header.gid) != 0 ||
      ::syscall(SYS_setresuid, header.uid, header.uid, header.uid) != 0) {
    Fail("user");
  }
}

void EnterDirectory(const char* cwd) {
  if (::chdir(cwd) != 0) {
    Fail("working directory");
  }
  // A directory outside of the root file system has no path (CVE-2024-21626).
  char path[4096];
  const long length = ::syscall(SYS_getcwd, path, sizeof path);
  if (length < 1 || path[0] != '/') {
    errno = EXDEV;
    Fail("working directory");
  }
}

void InstallFilter(const Program& program) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    Fail("no_new_privs");
  }
  if (!ConfineFiles()) {
    Fail("landlock");
  }
  if (program.header->filter_length == 0) {
    return;
  }
  const sock_fprog filter = {static_cast<uint16_t>(program.header->filter_length), program.filter};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program.header->filter_flags, &filter) != 0) {
    Fail("seccomp");
  }
}

const char* FindPath(char** env) {
  for (; *env != nullptr; ++env) {
    if (::strncmp(*env, "PATH=", 5) == 0) {
      return *env + 5;
    }
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

// execve(2) of argv[0], by PATH when it has no slash. Returns with errno: EACCES wins over ENOENT.
void Execute(const Program& program) {
  const char* name = program.argv[0];
  if (::strchr(name, '/') != nullptr) {
    ::execve(name, program.argv, program.env);
    return;
  }
  int result = ENOENT;
  const char* path = FindPath(program.env);
  while (*name != '\0' && path != nullptr) {
    const char* end = ::strchrnul(path, ':');
    char file[4096];
    const size_t length = static_cast<size_t>(end - path);
    if (length > 0 && length + ::strlen(name) + 2 <= sizeof file) {
      ::memcpy(file, path, length);
      file[length] = '/';
      ::strcpy(file + length + 1, name);  // NOLINT: the size was checked
      ::execve(file, program.argv, program.env);
      if (errno != ENOENT && errno != ENOTDIR) {
        result = errno;
      }
    }
    path = *end == ':' ? end + 1 : nullptr;
  }
  errno = result;
}

// What the runner ignores or blocks is no business of the program's.
void ResetSignals() {
  // The kernel's own structure (its size is 32 here), since the library keeps two signals to
  // itself.
  const uint64_t by_default[4] = {};
  for (int signal = 1; signal < NSIG; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, by_default, nullptr, 8);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// A program that joined ends with its supervisor, as the first one does with PID 1.
void EndWithParent() {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::getppid() == 1) {
    Fail("die with parent");
  }
}

[[noreturn]] void BecomeProgram(const Program& program) {
  if (program.header->terminal != 0) {
    ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);
  }
  SetCapabilities(program.header->capabilities);
  SetUser(program);
  EnterDirectory(program.cwd);
  ResetSignals();
  LimitCapabilities(program.header->capabilities);
  if (program.header->joins != 0) {
    EndWithParent();
  }
  InstallFilter(program);
  Execute(program);
  Report(InitEvent::kNotStarted, errno, "");
  ::_exit(127);
}

// --- PID 1's side. ---------------------------------------------------------------------------

// Every process below this one: with PR_SET_CHILD_SUBREAPER each becomes a child of ours when its
// parent ends, whatever session it made itself.
void EndDescendants(pid_t program) {
  ::kill(-program, SIGKILL);
  while (true) {
    char text[4096];
    const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    const ssize_t n = ::read(file, text, sizeof text - 1);
    ::close(file);
    if (n <= 0) {
      return;
    }
    text[n] = '\0';
    // A blank follows each number: one without is cut off.
    for (char* next = text; *next >= '0' && *next <= '9'; ++next) {
      const auto child = static_cast<pid_t>(::strtol(next, &next, 10));
      if (*next != ' ') {
        break;
      }
      ::kill(child, SIGKILL);
    }
    ::waitpid(-1, nullptr, 0);
  }
}

// Waits until the program ended, passing signals on and reaping orphans meanwhile.
int Supervise(pid_t program, int stop_signal, bool ends_all) {
  sigset_t all;
  ::sigfillset(&all);
  bool ending = false;
  while (true) {
    int status = 0;
    pid_t ended;
    while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended == program) {
        if (ending) {
          EndDescendants(program);
        }
        return status;
      }
    }
    siginfo_t info;
    const int signal = ::sigwaitinfo(&all, &info);
    if (signal == SIGTERM && ends_all) {
      ending = true;
      ::kill(program, SIGKILL);
    } else if (signal > 0 && signal != SIGCHLD) {
      ::kill(program, signal == SIGTERM ? stop_signal : signal);
    }
  }
}

// Our own end would do it too, but what it ends is not added to our account (pid_namespaces(7)
// ignores SIGCHLD then).
void EndTheRest() {
  ::kill(-1, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
}

// Holds the container's files until somebody kills it.
[[noreturn]] void StayIdle() {
  Report(InitEvent::kStarted, 0, "");
  while (true) {
    ::pause();
  }
}

int Main() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const Program program = ReadRecord();
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  if (program.header->argument_count == 0) {
    StayIdle();
  }
  if (program.header->ends_all != 0) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  }
  // Returns in the parent when the program runs, or couldn't be run.
  const auto child = static_cast<pid_t>(::syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
  if (child < 0) {
    Fail("fork");
  }
  if (child == 0) {
    ::setsid();
    ::fcntl(kReportFd, F_SETFD, FD_CLOEXEC);
    BecomeProgram(program);
  }
  // The program's output ends with the program: this side must not hold it open.
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  Report(InitEvent::kStarted, 0, "");
  const InitRecord& header = *program.header;
  const int status = Supervise(child, static_cast<int>(header.stop_signal), header.ends_all != 0);
  if (program.header->joins == 0) {
    EndTheRest();
  }
  Report(InitEvent::kEnded, status, "");
  return 0;
}

}  // namespace
}  // namespace runtime::container

int main(int argc, char** argv) {
  if (argc == 2 && ::strcmp(argv[1], runtime::container::kInitArgument) == 0) {
    return runtime::container::Main();
  }
  return runtime::supervise::Main(argc, argv);
}
