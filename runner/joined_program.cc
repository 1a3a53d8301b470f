#include "runner/joined_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/container/init/record.h"
#include "runtime/container/init_record.h"
#include "runtime/container/launch.h"
#include "runtime/container/pass_fd.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
using container::InitEvent;
using container::InitReport;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace {

class JoinedProgram {
 public:
  JoinedProgram(const container::ContainerSpec& spec, const container::IdMap& ids,
                const JoinFunction& join) {
    const base::UniqueFd record =
        container::MakeInitRecord(spec, ids, container::InitRole::kChecking);
    const base::UniqueFd nothing = base::OpenFile("/dev/null", O_RDWR);
    base::Pipe reports = base::MakePipe();
    const container::Joining joining =
        join({.record = record.get(),
              .report = reports.write.get(),
              .stdio = {nothing.get(), nothing.get(), nothing.get()}});
    reports.write.Reset();
    reports_ = std::move(reports.read);
    supervisor_.Reset(container::ReceiveFd(joining.channel.get()));
    // It has only borne the supervisor.
    siginfo_t info;
    while (::waitid(P_PIDFD, static_cast<id_t>(joining.process.get()), &info, WEXITED) != 0 &&
           errno == EINTR) {
    }
  }
  JoinedProgram(const JoinedProgram&) = delete;
  JoinedProgram& operator=(const JoinedProgram&) = delete;
  // What still runs is ended, with whatever it has started.
  ~JoinedProgram() {
    if (supervisor_ && !ended_) {
      ::syscall(SYS_pidfd_send_signal, supervisor_.get(), SIGTERM, nullptr, 0);
    }
  }

  container::ExitStatus Wait(const std::string& program, milliseconds bound,
                             const std::stop_token& stop) {
    const base::StopEvent stopped(stop);
    const auto deadline = steady_clock::now() + bound;
    while (true) {
      pollfd events[] = {{reports_.get(), POLLIN, 0}, {stopped.fd(), POLLIN, 0}};
      const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
      const int ready = ::poll(events, std::size(events),
                               static_cast<int>(std::clamp<int64_t>(left, 0, 1 << 30)));
      base::ThrowIfStopped(stop);
      if (ready == 0) {
        return container::TimedOut{bound};
      }
      InitReport report;
      if (ready < 0 || events[0].revents == 0) {
        continue;
      }
      if (::read(reports_.get(), &report, sizeof report) != static_cast<ssize_t>(sizeof report)) {
        ended_ = true;
        return container::Signaled{SIGKILL};  // with its supervisor: the container has ended
      }
      ended_ = report.event != InitEvent::kStarted;
      switch (report.event) {
        case InitEvent::kSetupFailed:
          throw container::SetupError(report);
        case InitEvent::kNotStarted:
          return container::NotStartedBy(report.number, program);
        case InitEvent::kEnded:
          return container::StatusOf(report.number);
        case InitEvent::kStarted:
          break;
      }
    }
  }

 private:
  base::UniqueFd reports_;
  base::UniqueFd supervisor_;  // pidfd
  bool ended_ = false;
};

}  // namespace

container::ExitStatus RunJoined(const container::ContainerSpec& spec, const container::IdMap& ids,
                                const JoinFunction& join, milliseconds bound,
                                const std::stop_token& stop) {
  return JoinedProgram(spec, ids, join).Wait(spec.argv.front(), bound, stop);
}

}  // namespace runner
