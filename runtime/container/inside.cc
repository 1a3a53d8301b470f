#include "runtime/container/inside.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/base/clone.h"
#include "runtime/base/files.h"
#include "runtime/container/id_map.h"

namespace runtime::container {
using base::Error;
using base::ErrorKind;

namespace {

// What the process says of its failure; nothing when there is none.
struct Report {
  ErrorKind kind = ErrorKind::kInternal;
  int errno_value = 0;
  char text[4000] = {};  // less than PIPE_BUF in all
};

void Send(int pipe, const Error& error) {
  Report report;
  report.kind = error.kind();
  report.errno_value = error.errno_value();
  ::strncpy(report.text, error.what(), sizeof report.text - 1);
  [[maybe_unused]] const ssize_t n = ::write(pipe, &report, sizeof report);
}

// Where ids aren't shifted, we are who the container's root is.
void BecomeItsRoot(const Inside& inside) {
  if (!IdMap::OfThisProcess().Shifts()) {
    return;
  }
  if (::setns(inside.user_namespace.get(), CLONE_NEWUSER) != 0 ||
      ::syscall(SYS_setgroups, 0, nullptr) != 0 || ::syscall(SYS_setresgid, 0, 0, 0) != 0 ||
      ::syscall(SYS_setresuid, 0, 0, 0) != 0) {
    throw Error::FromErrno("take the rights of the container's root");
  }
}

[[noreturn]] void Run(const Inside& inside, const std::function<void(int root)>& act, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  ::signal(SIGPIPE, SIG_IGN);
  try {
    BecomeItsRoot(inside);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    act(inside.root.get());
  } catch (const Error& error) {
    Send(pipe, error);
  } catch (const std::exception& error) {
    Send(pipe, Error(ErrorKind::kInternal, error.what()));
  }
  base::EndCopy(0);
}

}  // namespace

Inside OpenInside(pid_t init) {
  const std::string process = "/proc/" + std::to_string(init);
  return {base::OpenFile(process + "/root", O_PATH | O_DIRECTORY),
          base::OpenFile(process + "/ns/user", O_RDONLY)};
}

InsideProcess::InsideProcess(const Inside& inside, const std::function<void(int root)>& act) {
  base::Pipe pipe = base::MakePipe();
  clone_args arguments = {};
  arguments.exit_signal = SIGCHLD;
  process_ = base::CloneCopy(arguments);
  if (process_ < 0) {
    throw Error::FromErrno("start a process for the container's files");
  }
  if (process_ == 0) {
    Run(inside, act, pipe.write.get());
  }
  report_ = std::move(pipe.read);
}

InsideProcess::~InsideProcess() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);  // A child of ours that isn't reaped: the number is its own.
    ::waitpid(process_, nullptr, 0);
  }
}

void InsideProcess::Wait() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  Report report;
  if (::read(report_.get(), &report, sizeof report) == static_cast<ssize_t>(sizeof report)) {
    throw Error(report.kind, report.text, report.errno_value);
  }
  if (!WIFEXITED(status)) {
    throw Error(ErrorKind::kInternal, "the process for the container's files was killed");
  }
}

}  // namespace runtime::container
