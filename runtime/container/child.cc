#include "runtime/container/child.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/base/clone.h"
#include "runtime/container/init/record.h"
#include "runtime/container/pass_fd.h"
#include "runtime/container/resource_limits.h"

namespace runtime::container {
namespace {

void DieWithParent(const LaunchPlan& plan) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    FailChild(plan.report, "die with parent", "");
  }
}

// All but the user's and the PID namespace, which clone(2) made, and the cgroup's: they take as
// long as all that the parent does meanwhile.
void MakeNamespaces(const LaunchPlan& plan) {
  const int network = plan.own_network ? CLONE_NEWNET : 0;
  if (::unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | network) != 0) {
    FailChild(plan.report, kNamespacesStep, "");
  }
  if (plan.tells_network && ::send(plan.channel, "n", 1, MSG_NOSIGNAL) != 1) {
    base::EndCopy(125);
  }
}

// Its end of file means that the parent failed or died: there is nobody to tell.
size_t ReceiveFromParent(const LaunchPlan& plan, std::span<int> fds) {
  const int count = ReceiveFds(plan.channel, fds);
  if (count < 0) {
    base::EndCopy(125);
  }
  return static_cast<size_t>(count);
}

// As the host's user: the cgroup's files aren't the container's.
void JoinCgroups(const LaunchPlan& plan) {
  int files[kMaxPassedFds];
  const size_t count = ReceiveFromParent(plan, files);
  for (size_t i = 0; i < count; ++i) {
    if (::write(files[i], "0", 1) != 1) {
      FailChild(plan.report, "join the cgroup", "");
    }
  }
  // Now, so that the container sees its own cgroup as the root.
  if (::unshare(CLONE_NEWCGROUP) != 0) {
    FailChild(plan.report, "cgroup namespace", "");
  }
}

// Root of the container's user namespace from here on.
void BecomeContainerRoot(const LaunchPlan& plan) {
  if ((plan.drops_groups && ::syscall(SYS_setgroups, 0, nullptr) != 0) ||
      ::syscall(SYS_setresgid, 0, 0, 0) != 0 || ::syscall(SYS_setresuid, 0, 0, 0) != 0) {
    FailChild(plan.report, "user namespace", "");
  }
  // A change of ids clears the parent-death signal (prctl(2)); the parent may have died before.
  DieWithParent(plan);
  pollfd parent = {plan.channel, 0, 0};
  if (::poll(&parent, 1, 0) == 1 && (parent.revents & POLLHUP) != 0) {
    base::EndCopy(125);
  }
}

void RaiseLoopback(const LaunchPlan& plan) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request = {};
  ::strcpy(request.ifr_name, "lo");  // NOLINT: it fits
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (fd < 0 || ::ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
    FailChild(plan.report, "raise the loopback interface", "");
  }
  ::close(fd);
}

void SetHostname(const LaunchPlan& plan) {
  if (::sethostname(plan.hostname.c_str(), plan.hostname.size()) != 0) {
    FailChild(plan.report, "set the host name", plan.hostname.c_str());
  }
}

void WriteStageFile(const LaunchPlan& plan, int stage, const char* name, const std::string& text) {
  const int file = ::openat(stage, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    FailChild(plan.report, "write the file for /etc", name);
  }
  ::close(file);
}

// What a container gets from outside of its layers, in a small tmpfs of its own, so that nobody
// else lacks the space when it fills one of the files: hostname, hosts, resolv.conf; and the mount
// point of the root file system.
int MakeStage(const LaunchPlan& plan, int directory) {
  const int stage = MakeFileSystem("tmpfs", "mode=755,size=4m,nr_inodes=8",
                                   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (stage < 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::syscall(SYS_move_mount, stage, "", directory, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0 ||
      ::mkdirat(stage, "root", 0755) != 0) {
    FailChild(plan.report, "mount the stage", "");
  }
  WriteStageFile(plan, stage, "hosts", plan.hosts);
  WriteStageFile(plan, stage, "resolv.conf", plan.resolv_conf);
  const int file = ::openat(stage, "hostname", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const iovec line[] = {{const_cast<char*>(plan.hostname.data()), plan.hostname.size()},
                        {const_cast<char*>("\n"), 1}};
  if (file < 0 || ::writev(file, line, 2) != static_cast<ssize_t>(plan.hostname.size() + 1)) {
    FailChild(plan.report, "write the file for /etc", "hostname");
  }
  ::close(file);
  return stage;
}

int AttachRoot(const LaunchPlan& plan, int stage, int rootfs) {
  if (::syscall(SYS_move_mount, rootfs, "", stage, "root", MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    FailChild(plan.report, "mount the root file system", "");
  }
  const int root = ::openat(stage, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) {
    FailChild(plan.report, "open the root file system", "");
  }
  return root;
}

void SendTerminal(const LaunchPlan& plan, int master) {
  if (!SendFd(plan.channel, master)) {
    FailChild(plan.report, "send the terminal", "");
  }
}

void MakeWorkingDirectory(const LaunchPlan& plan, int root) {
  if (plan.make_cwd && MakePathBeneath(root, plan.cwd.c_str(), true) < 0) {
    FailChild(plan.report, "make the working directory", plan.cwd.c_str());
  }
}

// pivot_root(2), "pivot_root(".", ".")": the old root ends below the new one and is let go.
void Pivot(const LaunchPlan& plan, int root) {
  if (::fchdir(root) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 ||
      ::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0) {
    FailChild(plan.report, "pivot_root", "");
  }
  mount_attr attributes = {};
  attributes.attr_set = plan.read_only ? MOUNT_ATTR_RDONLY : 0;
  if (plan.read_only &&
      ::syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof attributes) != 0) {
    FailChild(plan.report, "make the root file system read-only", "");
  }
}

// Last, since a small limit would be in our own way.
void SetLimits(const LaunchPlan& plan) {
  for (const ResourceLimit& limit : plan.resources) {
    const rlimit value = {limit.soft, limit.hard};
    if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &value) != 0) {
      FailChild(plan.report, "set a resource limit", ResourceName(limit.resource));
    }
  }
}

}  // namespace

void FailChild(int report, const char* step, const char* target) {
  InitReport failure = {};
  failure.event = InitEvent::kSetupFailed;
  failure.number = errno;
  ::strncpy(failure.step, step, sizeof failure.step - 1);
  ::strncpy(failure.target, target, sizeof failure.target - 1);
  [[maybe_unused]] const ssize_t n = ::write(report, &failure, sizeof failure);
  base::EndCopy(125);
}

// 0 to 2 are the program's, 3 and 4 are init's; nothing else survives.
void ExecuteInit(int init, const int (&descriptors)[5]) {
  const int report = descriptors[kReportFd];
  for (int fd = 0; fd < 5; ++fd) {
    if (::dup2(descriptors[fd], fd) < 0) {
      FailChild(report, "place descriptors", "");
    }
  }
  if (::syscall(SYS_close_range, 5, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    FailChild(report, "close descriptors", "");
  }
  char name[] = "runner-init";
  char argument[sizeof kInitArgument];
  ::memcpy(argument, kInitArgument, sizeof argument);
  char* argv[] = {name, argument, nullptr};
  char* env[] = {nullptr};
  ::syscall(SYS_execveat, init, "", argv, env, AT_EMPTY_PATH);
  FailChild(report, "execute init", "");
}

void RunChild(LaunchPlan& plan) {
  ::close(plan.parent_channel);
  ::setsid();  // A terminal's signals are the runner's: it passes them on.
  ::umask(022);
  DieWithParent(plan);
  MakeNamespaces(plan);
  // Looked up as the host's root: the state directory is closed to everybody else.
  const int directory = ::open(plan.stage.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    FailChild(plan.report, "open the stage directory", plan.stage.c_str());
  }
  JoinCgroups(plan);
  BecomeContainerRoot(plan);
  if (plan.own_network) {
    RaiseLoopback(plan);
  }
  SetHostname(plan);
  ChildMounts mounts = {.report = plan.report,
                        .stage = MakeStage(plan, directory),
                        .sent = {},
                        .secrets = plan.secrets,
                        .uid = plan.uid,
                        .gid = plan.gid};
  PrepareMounts(plan.mounts, mounts, plan.made);
  int sent[kMaxPassedFds];
  mounts.sent = {sent, ReceiveFromParent(plan, sent)};
  mounts.root = AttachRoot(plan, mounts.stage, sent[0]);
  ApplyMounts(plan.mounts, plan.made, mounts);
  if (plan.terminal) {
    SendTerminal(plan, mounts.master);
  }
  MakeWorkingDirectory(plan, mounts.root);
  Pivot(plan, mounts.root);
  SetLimits(plan);
  const auto standard = [&](int fd) { return plan.terminal ? mounts.slave : plan.stdio[fd]; };
  ExecuteInit(plan.init, {standard(0), standard(1), standard(2), plan.record, plan.report});
}

}  // namespace runtime::container
