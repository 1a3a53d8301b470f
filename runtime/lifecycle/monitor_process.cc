#include "runtime/lifecycle/monitor_process.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <iterator>

#include "runtime/base/error.h"
#include "runtime/lifecycle/control.h"
#include "runtime/lifecycle/monitor.h"

namespace runtime::lifecycle {
using base::Error;
using base::UniqueFd;

namespace {

constexpr int kLockFd = 3;
constexpr int kClientFd = 4;

// In the child of a process that may have threads: no allocation, no lock.
[[noreturn]] void Become(char* const* arguments, int lock, int client) {
  ::setsid();
  const int null = ::open("/dev/null", O_RDWR);
  const int wanted[] = {null, null, null, lock, client};
  for (int fd = 0; fd < static_cast<int>(std::size(wanted)); ++fd) {
    ::dup2(wanted[fd], fd);
  }
  ::syscall(SYS_close_range, kClientFd + 1, ~0U, 0);
  [[maybe_unused]] const int at_root = ::chdir("/");
  char* const environment[] = {nullptr};
  ::execve("/proc/self/exe", arguments, environment);
  ::_exit(127);
}

// Above those that the child fills one by one.
UniqueFd Lift(int fd) {
  UniqueFd lifted(::fcntl(fd, F_DUPFD_CLOEXEC, 10));
  if (!lifted) {
    throw Error::FromErrno("duplicate a descriptor");
  }
  return lifted;
}

}  // namespace

UniqueFd StartMonitor(const Store& store, const std::string& id, LifeLock lock) {
  Connection connection = MakeConnection();
  const UniqueFd lock_fd = Lift(lock.fd());
  const UniqueFd client = Lift(connection.theirs.get());
  std::vector<std::string> words = {"runner", "container", kMonitorWord, id,
                                    store.state().root().string()};
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) {
    throw Error::FromErrno("start the container's monitor");
  }
  if (child == 0) {
    Become(arguments.data(), lock_fd.get(), client.get());
  }
  return std::move(connection.ours);
}

int MonitorMain(const std::vector<std::string>& arguments,
                const std::filesystem::path& network_helper) {
  constexpr int kUsage = 2;
  if (arguments.size() != 2 || ::fcntl(kLockFd, F_SETFD, FD_CLOEXEC) != 0 ||
      ::fcntl(kClientFd, F_SETFD, FD_CLOEXEC) != 0) {
    return kUsage;  // Nobody but StartMonitor() calls us so.
  }
  ::signal(SIGPIPE, SIG_IGN);  // A reader that goes away is an error of a write.
  ::umask(022);
  ::prctl(PR_SET_NAME, "runner-monitor");
  // Small blocks come and go, for days: what is free goes back to the kernel.
  ::mallopt(M_TRIM_THRESHOLD, 64 << 10);
  RunMonitor(Store(base::StateDir(arguments[1])), arguments[0], LifeLock(UniqueFd(kLockFd)),
             UniqueFd(kClientFd), network_helper);
  return 0;
}

}  // namespace runtime::lifecycle
