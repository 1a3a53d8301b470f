#include "runtime/container/reaper.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/live_cgroup.h"
#include "runtime/container/project_quota.h"

namespace runtime::container {
using base::Error;
using base::UniqueFd;

namespace {

// A packet is one of these and the container's id.
constexpr char kWatch = '+';
constexpr char kRemove = '-';

// After the first signal nothing of a container is killed gently any more.
constexpr int kPatienceMs = 5000;

class Service {
 public:
  Service(const base::StateDir& state, const CgroupHierarchy& cgroups, int orders)
      : state_(state), cgroups_(cgroups), orders_(orders) {}

  // Until our process is dead and what it had is removed.
  void Run() {
    std::array<char, 4096> packet;
    while (true) {
      const ssize_t n = ::recv(orders_, packet.data(), packet.size(), 0);
      if (n <= 0) {
        break;
      }
      const std::string id(packet.data() + 1, static_cast<size_t>(n - 1));
      if (packet[0] == kWatch) {
        watched_.insert(id);
      } else {
        watched_.erase(id);
        RemoveAside(id);
      }
    }
    for (const std::string& id : watched_) {
      RemoveContainer(state_, cgroups_, id, kPatienceMs);
    }
    // With SIGCHLD ignored it returns, and fails, when there is no child any more (wait(2)).
    while (::wait(nullptr) >= 0 || errno == EINTR) {
    }
  }

 private:
  // A tree may be large; orders must not wait.
  void RemoveAside(const std::string& id) {
    const pid_t child = ::fork();
    if (child <= 0) {
      RemoveContainer(state_, cgroups_, id, kPatienceMs);
    }
    if (child == 0) {
      ::_exit(0);
    }
  }

  const base::StateDir& state_;
  const CgroupHierarchy& cgroups_;
  int orders_;
  std::set<std::string> watched_;
};

[[noreturn]] void Serve(const base::StateDir& state, const CgroupHierarchy& cgroups,
                        UniqueFd orders) {
  ::setsid();
  ::prctl(PR_SET_NAME, "runner-reaper");
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  // Ignored children leave no zombies (wait(2)).
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) {
    ::sigaction(signal, &ignore, nullptr);
  }
  // Whoever waits for the end of our output, or for our directory, must not wait for this process.
  const int fd = ::dup2(orders.get(), 0);
  ::syscall(SYS_close_range, 1, ~0U, 0);
  [[maybe_unused]] const int at_root = ::chdir("/");
  Service(state, cgroups, fd).Run();
  ::_exit(0);
}

}  // namespace

void RemoveContainer(const base::StateDir& state, const CgroupHierarchy& cgroups,
                     const std::string& id, int patience_ms) noexcept {
  try {
    // First, since a process that isn't dead yet may still write to the directory. One that is
    // frozen can't even die (cgroup-v1/freezer-subsystem.rst).
    LiveCgroup(cgroups, id).Forget(patience_ms);
    DestroyCgroups(Cgroup::Directories(cgroups, id, {.cpuset = "0"}), patience_ms);
    ForgetProjectQuota(state.containers() / id / "rootfs");
    base::RemoveTree(state.containers() / id);
  } catch (const std::exception&) {
    // A later sweep tries again.
  }
}

Reaper Reaper::Start(const base::StateDir& state, const CgroupHierarchy& cgroups) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error::FromErrno("socket of the reaper");
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) {
    throw Error::FromErrno("fork the reaper");
  }
  if (child == 0) {
    ours.Reset();
    Serve(state, cgroups, std::move(theirs));
  }
  return {std::move(ours), child};
}

bool Reaper::Send(char verb, const std::string& id) noexcept {
  const std::string packet = verb + id;
  return ::send(orders_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) >= 0;
}

void Reaper::Watch(const std::string& id) {
  if (!Send(kWatch, id)) {
    throw Error::FromErrno("tell the reaper");
  }
}

bool Reaper::Remove(const std::string& id) noexcept { return Send(kRemove, id); }

void Reaper::Finish() noexcept {
  orders_.Reset();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace runtime::container
