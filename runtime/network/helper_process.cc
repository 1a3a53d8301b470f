#include "runtime/network/helper_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {
namespace {

using base::Error;
using base::UniqueFd;

// Everything that the child needs, made before it: the caller may have threads.
struct Plan {
  std::vector<char*> argv;
  int program = -1;
  int socket = -1;
  int network = -1;
  int nothing = -1;  // /dev/null
};

// In place of the program's kHelperStarted: an errno.
[[noreturn]] void Fail(const Plan& plan) {
  const int number = errno;
  [[maybe_unused]] const ssize_t n = ::write(plan.socket, &number, sizeof number);
  ::_exit(1);
}

// A session of its own: a terminal's signals are not for it.
[[noreturn]] void RunChild(const Plan& plan) {
  sigset_t none;
  ::sigemptyset(&none);
  ::setsid();
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // The descriptors of the plan are above those that are filled here.
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0 || ::chdir("/") != 0 ||
      ::setns(plan.network, CLONE_NEWNET) != 0 || ::dup2(plan.nothing, STDIN_FILENO) < 0 ||
      ::dup2(plan.nothing, STDOUT_FILENO) < 0 || ::dup2(plan.nothing, STDERR_FILENO) < 0 ||
      ::dup2(plan.socket, kHelperControl) < 0 ||
      ::syscall(SYS_close_range, kHelperControl + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0 ||
      ::syscall(SYS_setgroups, 0, nullptr) != 0 ||
      ::syscall(SYS_setresgid, kNetworkUser, kNetworkUser, kNetworkUser) != 0 ||
      ::syscall(SYS_setresuid, kNetworkUser, kNetworkUser, kNetworkUser) != 0) {
    Fail(plan);
  }
  char* env[] = {nullptr};
  // By descriptor: the way to the program may be closed to that user.
  ::syscall(SYS_execveat, plan.program, "", plan.argv.data(), env, AT_EMPTY_PATH);
  Fail(plan);
}

UniqueFd Lift(int fd) {
  UniqueFd lifted(::fcntl(fd, F_DUPFD_CLOEXEC, 10));
  if (!lifted) {
    throw Error::FromErrno("duplicate a descriptor");
  }
  return lifted;
}

}  // namespace

HelperProcess::HelperProcess(const std::filesystem::path& program,
                             const std::vector<std::string>& arguments, int network) {
  base::WithContext("start " + program.string(), [&] {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
      throw Error::FromErrno("socket pair");
    }
    socket_.Reset(ends[0]);
    const UniqueFd theirs(ends[1]);
    const UniqueFd lifted[] = {Lift(base::OpenFile(program, O_PATH).get()), Lift(theirs.get()),
                               Lift(network), Lift(base::OpenFile("/dev/null", O_RDWR).get())};
    std::string name = program.filename();
    Plan plan = {.argv = {name.data()},
                 .program = lifted[0].get(),
                 .socket = lifted[1].get(),
                 .network = lifted[2].get(),
                 .nothing = lifted[3].get()};
    for (const std::string& argument : arguments) {
      plan.argv.push_back(const_cast<char*>(argument.c_str()));
    }
    plan.argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) {
      throw Error::FromErrno("fork");
    }
    if (pid_ == 0) {
      ::close(socket_.get());  // Or it would never see our end.
      RunChild(plan);
    }
  });
}

void HelperProcess::AwaitStart() const {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd events[] = {{socket_.get(), POLLIN, 0}, {process.get(), POLLIN, 0}};
  // The end of the socket alone would not do: children of other threads have copies of it until
  // they execute.
  while (::poll(events, std::size(events), -1) < 0 && errno == EINTR) {
  }
  const std::optional<Packet> packet =
      events[0].revents != 0 ? ReceivePacket(socket_.get()) : std::nullopt;
  if (packet && packet->text == kHelperStarted) {
    return;
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
