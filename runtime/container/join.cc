#include "runtime/container/join.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <string>

#include "runtime/base/clone.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/join_child.h"

namespace runtime::container {
using base::Error;
using base::UniqueFd;

namespace {

// Those of the container that aren't ours too: the host's network can't be joined without a right
// to it, and needn't be.
int NamespacesOf(pid_t process) {
  struct Namespace {
    const char* name;
    int flag;
  };
  constexpr Namespace kAll[] = {{"user", CLONE_NEWUSER},    {"mnt", CLONE_NEWNS},
                                {"pid", CLONE_NEWPID},      {"ipc", CLONE_NEWIPC},
                                {"uts", CLONE_NEWUTS},      {"net", CLONE_NEWNET},
                                {"cgroup", CLONE_NEWCGROUP}};
  int flags = 0;
  for (const Namespace& space : kAll) {
    struct stat ours;
    struct stat theirs;
    const std::string path = "/proc/" + std::to_string(process) + "/ns/" + space.name;
    if (::stat(path.c_str(), &theirs) != 0 ||
        ::stat((std::string("/proc/self/ns/") + space.name).c_str(), &ours) != 0) {
      throw Error::FromErrno("look at " + path);
    }
    if (ours.st_ino != theirs.st_ino) {
      flags |= space.flag;
    }
  }
  return flags;
}

// A program that joins has the limits of the container's own.
void CopyLimits(const JoinTarget& target, JoinPlan& plan) {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    if (::prlimit(target.pid, static_cast<__rlimit_resource>(resource), nullptr,
                  &plan.limits[static_cast<size_t>(resource)]) != 0) {
      throw Error::FromErrno("read the container's limits");
    }
  }
  plan.oom_score = base::ReadFile("/proc/" + std::to_string(target.pid) + "/oom_score_adj", 64);
}

}  // namespace

Joining Join(const JoinTarget& target, const JoinRequest& request) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error::FromErrno("socket to the joining process");
  }
  Joining joining = {{}, UniqueFd(ends[0])};
  const UniqueFd theirs(ends[1]);
  JoinPlan plan;
  plan.container = target.pidfd;
  plan.namespaces = NamespacesOf(target.pid);
  plan.drops_groups = target.drops_groups;
  plan.uid = request.uid;
  plan.gid = request.gid;
  CopyLimits(target, plan);
  for (const UniqueFd& file : *target.cgroups) {
    plan.join_files.push_back(file.get());
  }
  std::array<UniqueFd, 8> lifted;
  size_t count = 0;
  const auto lift = [&](int fd) {
    lifted[count] = base::Duplicate(fd, 10);
    return lifted[count++].get();
  };
  plan.channel = lift(theirs.get());
  plan.init = lift(target.init);
  plan.record = lift(request.record);
  plan.report = lift(request.report);
  if (request.terminal >= 0) {
    plan.terminal = lift(request.terminal);
  } else {
    for (int fd = 0; fd < 3; ++fd) {
      plan.stdio[fd] = lift(request.stdio[fd]);
    }
  }
  int pidfd = -1;
  clone_args arguments = {};
  // A signal that comes before it is init ends it, and isn't taken for one to us.
  arguments.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
  arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const pid_t pid = base::CloneCopy(arguments);
  if (pid < 0) {
    throw Error::FromErrno("clone3: join the container");
  }
  if (pid == 0) {
    RunJoiningChild(plan);
  }
  joining.process.Reset(pidfd);
  return joining;
}

}  // namespace runtime::container
