#include "runtime/container/join_child.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/clone.h"
#include "runtime/container/child.h"
#include "runtime/container/pass_fd.h"

namespace runtime::container {
namespace {

// Until init is executed, which can't be traced either: no process of the container may look into
// this one (CVE-2016-9962), which has been the host's and has its descriptors.
void HideFromTracers() { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void JoinCgroups(const JoinPlan& plan) {
  for (const int file : plan.join_files) {
    if (::write(file, "0", 1) != 1) {
      FailChild(plan.report, "join the cgroup", "");
    }
  }
}

// Only where it differs: to lower it takes a right that the caller needn't have.
void TakeOomScore(const JoinPlan& plan) {
  const int file = ::open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  char own[16] = {};
  if (file >= 0 && ::read(file, own, sizeof own - 1) > 0 && plan.oom_score != own) {
    [[maybe_unused]] const ssize_t n =
        ::pwrite(file, plan.oom_score.data(), plan.oom_score.size(), 0);
  }
  ::close(file);
}

// By the descriptor of PID 1, so that no path and no reused number can lead elsewhere (setns(2)).
void JoinNamespaces(const JoinPlan& plan) {
  if (::setns(plan.container, plan.namespaces) != 0) {
    FailChild(plan.report, "join the namespaces", "");
  }
}

void BecomeContainerRoot(const JoinPlan& plan) {
  if ((plan.drops_groups && ::syscall(SYS_setgroups, 0, nullptr) != 0) ||
      ::syscall(SYS_setresgid, 0, 0, 0) != 0 || ::syscall(SYS_setresuid, 0, 0, 0) != 0) {
    FailChild(plan.report, "user namespace", "");
  }
  HideFromTracers();  // A change of ids may have changed that (prctl(2)).
}

// A new terminal of the container's devpts: nothing else is taken for it, whatever the container
// did to its /dev. Its slave side is opened through the master. -1 and errno.
int MakeTerminal(const JoinPlan& plan) {
  open_how how = {};
  how.flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const int master =
      static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, "/dev/pts/ptmx", &how, sizeof how));
  struct statfs file_system;
  struct stat st;
  if (master < 0 || ::fstatfs(master, &file_system) != 0 || ::fstat(master, &st) != 0) {
    return -1;
  }
  if (file_system.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(st.st_mode) ||
      st.st_rdev != makedev(5, 2)) {
    errno = ENODEV;
    return -1;
  }
  int unlock = 0;
  if (::fcntl(master, F_SETFL, O_RDWR) != 0 || ::ioctl(master, TIOCSPTLCK, &unlock) != 0) {
    return -1;
  }
  const int slave = ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0 || ::fchown(slave, plan.uid, plan.gid) != 0 || !SendFd(plan.terminal, master)) {
    return -1;
  }
  return slave;
}

[[noreturn]] void BecomeSupervisor(const JoinPlan& plan) {
  const int slave = plan.terminal >= 0 ? MakeTerminal(plan) : -1;
  if (plan.terminal >= 0 && slave < 0) {
    FailChild(plan.report, "make a terminal", "/dev/pts/ptmx");
  }
  // Last, since a small limit would be in our own way.
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    if (::setrlimit(static_cast<__rlimit_resource>(resource),
                    &plan.limits[static_cast<size_t>(resource)]) != 0) {
      FailChild(plan.report, "set a resource limit", "");
    }
  }
  const auto standard = [&](int fd) { return slave >= 0 ? slave : plan.stdio[fd]; };
  ExecuteInit(plan.init, {standard(0), standard(1), standard(2), plan.record, plan.report});
}

// In the container's PID namespace, which a process can't enter but be born in. Its end makes its
// child one of the container's PID 1.
[[noreturn]] void BearSupervisor(const JoinPlan& plan) {
  int pidfd = -1;
  clone_args arguments = {};
  arguments.flags = CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const pid_t pid = base::CloneCopy(arguments);
  if (pid == 0) {
    BecomeSupervisor(plan);
  }
  if (pid < 0) {
    FailChild(plan.report, "start a process in the container", "");
  }
  SendFd(plan.channel, pidfd);
  base::EndCopy(0);
}

}  // namespace

void RunJoiningChild(const JoinPlan& plan) {
  HideFromTracers();
  JoinCgroups(plan);
  TakeOomScore(plan);
  JoinNamespaces(plan);
  BecomeContainerRoot(plan);
  const long pid = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) {
    BearSupervisor(plan);
  }
  if (pid < 0) {
    FailChild(plan.report, "start a process in the container", "");
  }
  // Here, outside of the container, for no longer than it takes.
  while (::waitpid(static_cast<pid_t>(pid), nullptr, 0) < 0 && errno == EINTR) {
  }
  base::EndCopy(0);
}

}  // namespace runtime::container
