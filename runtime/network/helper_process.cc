#include "runtime/network/helper_process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>

#include "runtime/base/clone.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

// Everything that the child needs, made before it: the caller may have threads.
struct Plan {
  std::vector<char*> argv;
  std::vector<UniqueFd> wanted;  // what becomes 0, 1, 2 and so on; the fourth is the socket
  UniqueFd program;
  UniqueFd network;
  bool starts_others = false;
  uid_t user = 0;
};

// In place of the program's kHelperStarted: an errno.
[[noreturn]] void Fail(const Plan& plan) {
  const int number = errno;
  [[maybe_unused]] const ssize_t n =
      ::write(plan.wanted[kHelperControl].get(), &number, sizeof number);
  base::EndCopy(1);
}

// On some hosts only root may open the device, which gives no power to anybody who has none over a
// network namespace. In a mount namespace of the child's own. Where a device can't be made, the
// host's must do.
void OpenTunnelDevice() {
  constexpr char kDirectory[] = "/dev/net";
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
      ::mount("tmpfs", kDirectory, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=4k") == 0) {
    ::umask(0);
    if (::mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200)) != 0) {
      ::umount2(kDirectory, MNT_DETACH);
    }
    ::umask(022);
  }
}

// A session of its own: a terminal's signals are not for it.
[[noreturn]] void RunChild(const Plan& plan) {
  sigset_t none;
  ::sigemptyset(&none);
  ::setsid();
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (plan.starts_others) {
    OpenTunnelDevice();
  }
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0 || ::chdir("/") != 0 ||
      (plan.network && ::setns(plan.network.get(), CLONE_NEWNET) != 0)) {
    Fail(plan);
  }
  // All of the plan's descriptors are above those that are filled here.
  const int count = static_cast<int>(plan.wanted.size());
  for (int fd = 0; fd < count; ++fd) {
    if (::dup2(plan.wanted[static_cast<size_t>(fd)].get(), fd) < 0) {
      Fail(plan);
    }
  }
  if (::syscall(SYS_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC) != 0 ||
      (plan.user != 0 && ::syscall(SYS_setgroups, 0, nullptr) != 0) ||
      ::syscall(SYS_setresgid, plan.user, plan.user, plan.user) != 0 ||
      ::syscall(SYS_setresuid, plan.user, plan.user, plan.user) != 0) {
    Fail(plan);
  }
  // Where that user is root, of a user namespace. By no-new-privileges, an exec gives none back.
  __user_cap_header_struct version = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none_of_them[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capset, &version, none_of_them) != 0) {
    Fail(plan);
  }
  char* env[] = {nullptr};
  // By descriptor: the way to the program may be closed to that user.
  ::syscall(SYS_execveat, plan.program.get(), "", plan.argv.data(), env, AT_EMPTY_PATH);
  Fail(plan);
}

constexpr int kFirstLifted = 32;  // above all that a helper finds

UniqueFd Lift(int fd) {
  UniqueFd lifted(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstLifted));
  if (!lifted) {
    throw Error::FromErrno("duplicate a descriptor");
  }
  return lifted;
}

}  // namespace

HelperProcess::HelperProcess(const HelperOptions& options) {
  base::WithContext("start " + options.program.string(), [&] {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
      throw Error::FromErrno("socket pair");
    }
    socket_.Reset(ends[0]);
    const UniqueFd theirs(ends[1]);
    const UniqueFd nothing = base::OpenFile("/dev/null", O_RDWR);
    std::string name = options.program.filename();
    Plan plan = {.argv = {name.data()},
                 .wanted = {},
                 .program = Lift(base::OpenFile(options.program, O_PATH).get()),
                 .network = options.network < 0 ? UniqueFd() : Lift(options.network),
                 .starts_others = options.starts_others,
                 .user = NetworkUser()};
    for (const int fd : {nothing.get(), nothing.get(), nothing.get(), theirs.get()}) {
      plan.wanted.push_back(Lift(fd));
    }
    for (const int fd : options.descriptors) {
      plan.wanted.push_back(Lift(fd));
    }
    for (const std::string& argument : options.arguments) {
      plan.argv.push_back(const_cast<char*>(argument.c_str()));
    }
    plan.argv.push_back(nullptr);
    clone_args arguments = {};
    arguments.flags = options.starts_others ? CLONE_NEWPID | CLONE_NEWNS : 0;
    arguments.exit_signal = SIGCHLD;
    pid_ = base::CloneCopy(arguments);
    if (pid_ < 0) {
      throw Error::FromErrno("clone3");
    }
    if (pid_ == 0) {
      ::close(socket_.get());  // Or it would never see our end.
      RunChild(plan);
    }
  });
}

std::vector<UniqueFd> HelperProcess::AwaitStart() const {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd events[] = {{socket_.get(), POLLIN, 0}, {process.get(), POLLIN, 0}};
  // The end of the socket alone would not do: children of other threads have copies of it until
  // they execute.
  while (::poll(events, std::size(events), -1) < 0 && errno == EINTR) {
  }
  std::optional<Packet> packet =
      events[0].revents != 0 ? ReceivePacket(socket_.get()) : std::nullopt;
  if (packet && packet->text == kHelperStarted) {
    return std::move(packet->descriptors);
  }
  if (packet && packet->text.starts_with(kHelperFailed)) {
    throw Error(ErrorKind::kUnavailable, packet->text.substr(kHelperFailed.size()));
  }
  int number = ECHILD;
  if (packet && packet->text.size() == sizeof number) {
    std::memcpy(&number, packet->text.data(), sizeof number);
  }
  throw Error::FromErrno("start the network's helper", number);
}

HelperProcess::~HelperProcess() {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace runtime::network
