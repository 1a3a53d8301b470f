#include "runtime/container/launch.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/child.h"
#include "runtime/container/forker.h"
#include "runtime/container/init_record.h"
#include "runtime/container/overlay.h"
#include "runtime/container/pass_fd.h"
#include "runtime/container/resource_limits.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

namespace {

struct Channel {
  UniqueFd parent;
  UniqueFd child;
};

Channel MakeChannel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error::FromErrno("socket to the container");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Of the host's network, which only the host's root may mount: else a copy of what is there.
UniqueFd MakeSysfs(const IdMap& ids) {
  if (!ids.Shifts()) {
    return CloneShifted("/sys", -1, true);
  }
  UniqueFd context(static_cast<int>(::syscall(SYS_fsopen, "sysfs", FSOPEN_CLOEXEC)));
  if (!context ||
      ::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw Error::FromErrno("mount sysfs");
  }
  UniqueFd mount(static_cast<int>(
      ::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC,
                MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)));
  if (!mount) {
    throw Error::FromErrno("mount sysfs");
  }
  return mount;
}

UniqueFd OpenWithoutLinks(const fs::path& path) {
  const UniqueFd root = base::OpenFile("/", O_PATH | O_DIRECTORY);
  try {
    return base::OpenBeneath(root.get(), path, O_PATH, base::Links::kNoLinks);
  } catch (const Error& error) {
    if (error.errno_value() != ELOOP) {
      throw;
    }
    throw Error(ErrorKind::kPermission,
                "a link was put there, or above it, since the container was made, and isn't "
                "followed; put back what was there, or make the container again",
                ELOOP);
  }
}

// Whoever may write to a directory above a source may have put a link there since it was resolved,
// another container with that directory as a volume too.
UniqueFd CloneSource(const BindMount& bind, int user_namespace) {
  if (!bind.resolved) {
    return CloneShifted(bind.source.c_str(), user_namespace, true);
  }
  return base::WithContext("volume " + bind.source.string(), [&] {
    const UniqueFd source = OpenWithoutLinks(bind.source);
    const std::string path = "/proc/self/fd/" + std::to_string(source.get());
    return CloneShifted(path.c_str(), user_namespace, true);
  });
}

// In the order of MountStep::index: the root file system, overlays, binds, the host's sysfs.
std::vector<UniqueFd> MakeMounts(Host& host, const ContainerSpec& spec, pid_t child) {
  const UniqueFd user_namespace = OpenUserNamespace(child);
  std::vector<UniqueFd> mounts;
  const auto overlay = [&](const layer::Snapshot& snapshot, const FileOwner& owner) {
    mounts.push_back(MountOverlay(snapshot, host.state().root(),
                                  host.ShiftedState(owner, user_namespace.get()), host.ids()));
  };
  base::WithContext("root file system", [&] {
    layer::Snapshot rootfs = spec.rootfs;
    rootfs.lower.insert(rootfs.lower.begin(), host.mount_points());
    overlay(rootfs, {});
  });
  for (const OverlayMount& mount : spec.overlays) {
    base::WithContext(mount.target.string(), [&] { overlay(mount.snapshot, mount.owner); });
  }
  for (const BindMount& bind : spec.binds) {
    mounts.push_back(CloneSource(bind, host.ids().Shifts() ? user_namespace.get() : -1));
  }
  if (spec.network == Network::kHost) {
    mounts.push_back(MakeSysfs(host.ids()));
  }
  if (mounts.size() > kMaxPassedFds) {
    throw Error(ErrorKind::kUsage, "a container takes at most " + std::to_string(kMaxPassedFds) +
                                       " volumes and overlays");
  }
  return mounts;
}

void Send(int channel, const std::vector<UniqueFd>& descriptors) {
  std::vector<int> fds;
  for (const UniqueFd& fd : descriptors) {
    fds.push_back(fd.get());
  }
  if (!SendFds(channel, fds)) {
    throw Error::FromErrno("send descriptors to the container");
  }
}

// Until the child has its network namespace.
void AwaitNetwork(int channel) {
  char byte;
  while (::recv(channel, &byte, 1, 0) != 1) {
    if (errno != EINTR) {
      throw Error(ErrorKind::kInternal, "the container ended before it had a network");
    }
  }
}

void Kill(const Launched& child) {
  ::syscall(SYS_pidfd_send_signal, child.pidfd.get(), SIGKILL, nullptr, 0);
  siginfo_t info;
  while (::waitid(P_PIDFD, static_cast<id_t>(child.pidfd.get()), &info, WEXITED) != 0 &&
         errno == EINTR) {
  }
}

// Why the child ended, if it said so. The child is dead.
std::optional<InitReport> ReadFailure(const Launched& child) {
  InitReport report;
  pollfd event = {child.report.get(), POLLIN, 0};
  if (::poll(&event, 1, 0) == 1 &&
      ::read(child.report.get(), &report, sizeof report) == static_cast<ssize_t>(sizeof report) &&
      report.event == InitEvent::kSetupFailed) {
    return report;
  }
  return std::nullopt;
}

Error NamespacesError(int number) {
  if (number == ENOSPC) {
    return {ErrorKind::kUnsupported,
            "make the container's namespaces: this host allows no more of them; raise its limits: "
            "sysctl user.max_user_namespaces=15000 (and those of other kinds: namespaces(7))",
            number};
  }
  return Error::FromErrno("make the container's namespaces", number);
}

// The host's file of that name, or nothing.
std::string HostFile(const char* path) {
  return base::ReadFileIfExists(path, 1 << 20).value_or("");
}

std::string HostsFor(const ContainerSpec& spec) {
  if (spec.network == Network::kHost) {
    return HostFile("/etc/hosts") + spec.hosts;
  }
  return "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" +
         (spec.hosts.empty() ? "127.0.1.1\t" + spec.hostname + "\n" : spec.hosts);
}

}  // namespace

Launched Launch(Host& host, const ContainerSpec& spec, const Stdio& stdio) {
  Channel channel = MakeChannel();
  base::Pipe report = base::MakePipe();
  // Above 0..4, which the child fills one by one.
  const auto lift = [](int fd) { return base::Duplicate(fd, 10); };
  const UniqueFd lifted[] = {lift(stdio.in),           lift(stdio.out),
                             lift(stdio.err),          lift(MakeInitRecord(spec, host.ids()).get()),
                             lift(report.write.get()), lift(host.init())};
  const bool quotas =
      spec.limits.disk_bytes > 0 && HasProjectQuotas(spec.rootfs.upper.parent_path());
  LaunchPlan plan = {.mounts = PlanMounts(spec, host.masks(), host.ids()),
                     .made = {},
                     .stage = host.stage().string(),
                     .hosts = HostsFor(spec),
                     .resolv_conf = spec.network == Network::kHost ? HostFile("/etc/resolv.conf")
                                                                   : spec.resolv_conf,
                     .hostname = spec.hostname,
                     .cwd = spec.cwd.string(),
                     .make_cwd = spec.make_cwd,
                     .read_only = spec.read_only,
                     .own_network = spec.network != Network::kHost,
                     .terminal = spec.terminal,
                     .drops_groups = host.ids().count > 1,
                     .secrets = &spec.secrets,
                     .uid = spec.user.uid,
                     .gid = spec.user.gid,
                     .resources = ResourcesFor(spec, quotas),
                     .tells_network = spec.configure_network != nullptr,
                     .channel = channel.child.get(),
                     .parent_channel = channel.parent.get(),
                     .record = lifted[3].get(),
                     .report = lifted[4].get(),
                     .init = lifted[5].get(),
                     .stdio = {lifted[0].get(), lifted[1].get(), lifted[2].get()}};
  plan.made.resize(plan.mounts.size());

  std::optional<Forker::Birth> birth;
  try {
    birth.emplace(
        host.forker(), CLONE_NEWUSER | CLONE_NEWPID,
        [](void* argument) { RunChild(*static_cast<LaunchPlan*>(argument)); }, &plan);
  } catch (const Error& e) {
    if (e.errno_value() != ENOSPC) {
      throw;
    }
    throw NamespacesError(e.errno_value());
  }
  Launched child = {birth->pid(), birth->TakePidfd(), std::move(channel.parent),
                    std::move(report.read)};
  channel.child.Reset();
  try {
    WriteIdMap(child.pid, host.ids());
    child.cgroup = Cgroup::Create(host.cgroups(), spec.id, spec.limits);
    Send(child.channel.get(), child.cgroup->join_files());
    RaiseResources(child.pid, plan.resources);
    SetOomScore(child.pid, spec.limits);
    SetCores(child.pid, spec.cores);
    if (spec.configure_network) {
      AwaitNetwork(child.channel.get());
      spec.configure_network(child.pid);
    }
    const std::vector<UniqueFd> mounts = MakeMounts(host, spec, child.pid);
    if (quotas) {
      child.quota = ProjectQuota::Set(WritableDirectories(spec), spec.limits.disk_bytes);
    }
    Send(child.channel.get(), mounts);
    if (spec.terminal) {
      // None when the child failed first: its report says why.
      child.terminal.Reset(ReceiveFd(child.channel.get()));
    }
  } catch (...) {
    Kill(child);
    // Ours may be the consequence: nobody takes mounts when the child has failed before.
    if (const std::optional<InitReport> failure = ReadFailure(child)) {
      throw SetupError(*failure);
    }
    throw;
  }
  return child;
}

Error SetupError(const InitReport& report) {
  if (std::strcmp(report.step, kNamespacesStep) == 0) {
    return NamespacesError(report.number);
  }
  const std::string target(report.target, ::strnlen(report.target, sizeof report.target));
  return Error::FromErrno(report.step + (target.empty() ? "" : ": " + target), report.number);
}

}  // namespace runtime::container
