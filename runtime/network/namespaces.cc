#include "runtime/network/namespaces.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <exception>
#include <string>
#include <thread>

#include "runtime/base/clone.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"
#include "runtime/container/id_map.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

// In a child of a process that may have threads: system calls only. Says how that went, as an
// errno, and waits for its end.
[[noreturn]] void HoldNamespaces(int channel, uid_t user) {
  int failure = 0;
  if ((user != 0 && ::syscall(SYS_setgroups, 0, nullptr) != 0) ||
      ::syscall(SYS_setresgid, user, user, user) != 0 ||
      ::syscall(SYS_setresuid, user, user, user) != 0 ||
      // Its files in /proc are what the parent writes to; the change of ids has closed them to all
      // but the host's root (proc(5)).
      ::prctl(PR_SET_DUMPABLE, 1) != 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    failure = errno;
  }
  char byte = 0;
  // The end of file is the parent's death.
  if (::write(channel, &failure, sizeof failure) == sizeof failure) {
    while (::read(channel, &byte, 1) < 0 && errno == EINTR) {
    }
  }
  base::EndCopy(0);
}

class Holder {
 public:
  Holder() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw Error::FromErrno("socket pair");
    }
    channel_.Reset(ends[0]);
    UniqueFd theirs(ends[1]);
    const uid_t user = NetworkUser();
    clone_args arguments = {};
    arguments.exit_signal = SIGCHLD;
    pid_ = base::CloneCopy(arguments);
    if (pid_ < 0) {
      throw Error::FromErrno("clone3");
    }
    if (pid_ == 0) {
      ::close(channel_.get());
      HoldNamespaces(theirs.get(), user);
    }
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    // Its end of file could be late: children of other threads have copies until they execute.
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  void Await() const {
    int failure = 0;
    ssize_t n = 0;
    while ((n = ::read(channel_.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
    }
    if (n != sizeof failure) {
      throw Error(ErrorKind::kInternal, "the child that makes namespaces ended early");
    }
    if (failure == ENOSPC) {
      throw Error(ErrorKind::kUnsupported,
                  "this host allows no more of them; raise its limits: "
                  "sysctl user.max_user_namespaces=15000 user.max_net_namespaces=15000 "
                  "(namespaces(7))",
                  failure);
    }
    if (failure != 0) {
      throw Error::FromErrno("unshare", failure);
    }
  }

  std::string Path(const char* file) const { return "/proc/" + std::to_string(pid_) + "/" + file; }

 private:
  UniqueFd channel_;
  pid_t pid_ = -1;
};

void WriteMap(const Holder& holder, const char* file) {
  const UniqueFd map = base::OpenFile(holder.Path(file), O_WRONLY);
  base::WriteAll(map.get(), "0 " + std::to_string(NetworkUser()) + " 1", file);
}

}  // namespace

uid_t NetworkUser() {
  return base::InInitialUserNamespace() ? container::IdMap{}.base - 1 : base::MappedIds() - 1;
}

NetworkNamespace NetworkNamespace::Make() {
  return base::WithContext("make a network namespace", [] {
    const Holder holder;
    holder.Await();
    WriteMap(holder, "uid_map");
    WriteMap(holder, "gid_map");
    return NetworkNamespace{base::OpenFile(holder.Path("ns/user"), O_RDONLY),
                            base::OpenFile(holder.Path("ns/net"), O_RDONLY)};
  });
}

UniqueFd OpenNetworkNamespace(pid_t process) {
  return base::OpenFile("/proc/" + std::to_string(process) + "/ns/net", O_RDONLY);
}

void InsideNetwork(int network, const std::function<void()>& action) {
  std::exception_ptr failure;
  // An ordinary user could enter, but not come back to the host's own.
  std::thread([&] {
    try {
      if (::setns(network, CLONE_NEWNET) != 0) {
        throw Error::FromErrno("enter the network namespace");
      }
      action();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace runtime::network
