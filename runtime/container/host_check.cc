#include "runtime/container/host_check.h"

#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>

#include "runtime/base/clone.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"
#include "runtime/base/units.h"
#include "runtime/container/cgroup.h"
#include "runtime/container/id_map.h"
#include "runtime/container/project_quota.h"

namespace runtime::container {
namespace {

using base::Error;
using base::ErrorKind;

// A check that holds when `attempt` doesn't throw; what it answers was found.
HostCheck Try(const std::string& name, const std::string& advice,
              const std::function<std::string()>& attempt, bool required = true) {
  HostCheck check = {.name = name, .required = required, .advice = advice};
  try {
    check.found = attempt();
    check.good = true;
  } catch (const std::exception& e) {
    check.found = e.what();
  }
  return check;
}

[[noreturn]] void Missing(const std::string& what) { throw Error(ErrorKind::kUnsupported, what); }

std::string CheckKernel() {
  utsname name;
  ::uname(&name);
  int major = 0;
  int minor = 0;
  if (std::sscanf(name.release, "%d.%d", &major, &minor) != 2 || major < 5 ||
      (major == 5 && minor < 19)) {
    Missing(std::string("Linux ") + name.release);
  }
  return std::string("Linux ") + name.release;
}

// Everything that follows is tried as root, of a user namespace if need be.
std::string CheckPrivilege() {
  const uid_t user = ::geteuid();
  base::EnterUserNamespace();
  return user == 0 ? "root" : "user " + std::to_string(user) + ", as root of a user namespace";
}

std::string CheckIds() {
  const IdMap ids = IdMap::OfThisProcess();
  if (ids.count == 1) {
    Missing("one: containers know root alone, and files of other users in images become root's");
  }
  return std::to_string(ids.count) + (ids.Shifts() ? ", of their own" : ", root's being yours");
}

// A child in a user namespace of its own, for as long as the object lives.
class NamespaceChild {
 public:
  NamespaceChild() {
    clone_args arguments = {};
    arguments.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                      CLONE_NEWUTS | CLONE_NEWCGROUP;
    arguments.exit_signal = SIGCHLD;
    pid_ = base::CloneCopy(arguments);
    if (pid_ < 0) {
      throw Error::FromErrno("make namespaces");
    }
    if (pid_ == 0) {
      ::pause();
      base::EndCopy(0);
    }
  }
  NamespaceChild(const NamespaceChild&) = delete;
  NamespaceChild& operator=(const NamespaceChild&) = delete;
  ~NamespaceChild() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

std::string CheckNamespaces() {
  const NamespaceChild child;
  return "user, mount, pid, network, ipc, uts and cgroup";
}

std::string CheckShiftedOwners(const base::StateDir& state) {
  if (!IdMap::OfThisProcess().Shifts()) {
    return "not needed in a user namespace";
  }
  const NamespaceChild child;
  WriteIdMap(child.pid(), IdMap{});
  CloneShifted(state.root().c_str(), OpenUserNamespace(child.pid()).get(), false);
  return "works in " + state.root().string();
}

std::string CheckOverlay() {
  if (base::ReadFile("/proc/filesystems", 1 << 16).find("\toverlay\n") == std::string::npos) {
    Missing("the kernel offers no overlay file system now");
  }
  return "overlayfs";
}

std::string CheckSeccomp() {
  uint32_t action = SECCOMP_RET_KILL_PROCESS;
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0) {
    Missing("the kernel filters no system calls");
  }
  return "filters with KILL_PROCESS";
}

std::string CheckLandlock() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 0) {
    Missing("no second wall around a container's files: the kernel has no Landlock");
  }
  return "version " + std::to_string(version);
}

// Whether a limit of disk holds at once, or is found out (project_quota.h).
std::string CheckDiskLimits(const base::StateDir& state) {
  if (!HasProjectQuotas(state.root())) {
    Missing("limits of disk are held by looking: no project quotas in " + state.root().string());
  }
  return "project quotas in " + state.root().string();
}

std::string CheckCgroups() {
  const CgroupHierarchy hierarchy = CgroupHierarchy::Detect();
  if (hierarchy.version() == CgroupHierarchy::Version::kNone) {
    Missing("none that we may make below /sys/fs/cgroup");
  }
  const bool v2 = hierarchy.version() == CgroupHierarchy::Version::kV2;
  std::string offered = v2 ? base::ReadFile("/sys/fs/cgroup/cgroup.controllers", 4096) : "";
  offered = " " + offered.substr(0, offered.find('\n')) + " ";  // so that " cpu " isn't cpuset
  std::string missing;
  for (const std::string controller : {"memory", "pids", "cpu"}) {
    const bool here = v2 ? (offered.find(" " + controller + " ") != std::string::npos)
                         : hierarchy.Controller(controller).has_value();
    missing += here ? "" : " " + controller;
  }
  if (!missing.empty()) {
    Missing("no controller for" + missing);
  }
  return std::string(v2 ? "v2" : "v1 (or hybrid)") + " with memory, pids and cpu";
}

std::string CheckSpace(const base::StateDir& state) {
  struct statvfs st;
  if (::statvfs(state.root().c_str(), &st) != 0) {
    throw Error::FromErrno("look at " + state.root().string());
  }
  const uint64_t free = static_cast<uint64_t>(st.f_bavail) * st.f_frsize;
  const std::string text = base::FormatSize(free) + " free in " + state.root().string();
  if (free < (2ull << 30)) {
    Missing(text);
  }
  return text;
}

std::string CheckCertificates() {
  constexpr char kBundle[] = "/etc/ssl/certs/ca-certificates.crt";
  if (::access(kBundle, R_OK) != 0) {
    throw Error::FromErrno(kBundle);
  }
  return kBundle;
}

}  // namespace

std::vector<HostCheck> CheckHost(const base::StateDir& state) {
  return {
      Try("kernel", "use Linux 5.19 or newer (Debian 12 has 6.1)", CheckKernel),
      Try("privilege",
          "run as root, or allow user namespaces: sysctl user.max_user_namespaces=15000 (and where "
          "they exist kernel.unprivileged_userns_clone=1, "
          "kernel.apparmor_restrict_unprivileged_userns=0)",
          CheckPrivilege),
      Try("user ids",
          "apt-get install uidmap; usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
          "YOU (another range where that one is taken)",
          CheckIds, false),
      Try("namespaces",
          "allow them: sysctl user.max_user_namespaces=15000; in a container, give it "
          "CAP_SYS_ADMIN",
          CheckNamespaces),
      Try("overlay", "load it: modprobe overlay", CheckOverlay),
      Try("idmapped mounts",
          "put the state directory (--root, RUNNER_ROOT) on ext4, xfs or btrfs of this host",
          [&] { return CheckShiftedOwners(state); }),
      Try("seccomp", "use a kernel built with CONFIG_SECCOMP_FILTER", CheckSeccomp),
      Try("landlock", "put landlock into the kernel's list of security modules: lsm=landlock,...",
          CheckLandlock, false),
      Try("cgroups",
          "limits on memory, processes and CPU can't be set; mount cgroup2 at /sys/fs/cgroup",
          CheckCgroups, false),
      Try(
          "disk space", "make room, or move the state directory (--root, RUNNER_ROOT)",
          [&] { return CheckSpace(state); }, false),
      Try(
          "disk limits", "mount its ext4 or xfs with prjquota (docs/limits.md)",
          [&] { return CheckDiskLimits(state); }, false),
      Try("CA certificates", "for https: apt-get install ca-certificates", CheckCertificates,
          false),
  };
}

}  // namespace runtime::container
