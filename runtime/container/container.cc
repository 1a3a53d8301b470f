#include "runtime/container/container.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/stop.h"
#include "runtime/base/units.h"
#include "runtime/container/accounting.h"
#include "runtime/container/cgroup.h"
#include "runtime/container/disk_watch.h"
#include "runtime/container/init/record.h"
#include "runtime/container/launch.h"
#include "runtime/container/user.h"

namespace runtime::container {

using base::Error;
using base::ErrorKind;
using Clock = std::chrono::steady_clock;

struct Container::State {
  explicit State(const ContainerSpec& s) : spec(s) {}

  ContainerSpec spec;
  Launched child;
  std::unique_ptr<DiskWatch> disk;  // when there is a limit and no quota
  bool reaped = false;
  Clock::time_point started = Clock::now();

  // What the reports said.
  std::optional<InitReport> failed;
  std::optional<InitReport> not_started;
  std::optional<InitReport> ended;
  bool started_program = false;

  void SendSignal(int signal) const {
    ::syscall(SYS_pidfd_send_signal, child.pidfd.get(), signal, nullptr, 0);
  }

  // False at the end of the pipe.
  bool ReadReport() {
    InitReport report;
    const ssize_t n = ::read(child.report.get(), &report, sizeof report);
    if (n != static_cast<ssize_t>(sizeof report)) {
      return n < 0 && errno == EINTR;
    }
    switch (report.event) {
      case InitEvent::kSetupFailed:
        failed = report;
        break;
      case InitEvent::kNotStarted:
        not_started = report;
        break;
      case InitEvent::kEnded:
        ended = report;
        break;
      case InitEvent::kStarted:
        started_program = !not_started && !failed;
        break;
    }
    return true;
  }

  // Waits for PID 1: with its end every process of the PID namespace is dead and reaped
  // (pid_namespaces(7)). A frozen one dies when it is thawed, so whatever is frozen is. Answers its
  // wait status as waitid(2) has it.
  siginfo_t Reap(Usage* usage = nullptr, rusage* total = nullptr) {
    constexpr int kPatienceMs = 100;
    pollfd dead = {child.pidfd.get(), POLLIN, 0};
    while (::poll(&dead, 1, kPatienceMs) <= 0) {
      child.cgroup->Thaw();
    }
    if (usage != nullptr) {
      AddIo(child.pid, *usage);
    }
    siginfo_t info = {};
    while (::syscall(SYS_waitid, P_PIDFD, child.pidfd.get(), &info, WEXITED, total) != 0 &&
           errno == EINTR) {
    }
    // The descriptor stays open: Signal() may be using it, and answers ESRCH from now on.
    reaped = true;
    return info;
  }

  // Of the program, or of one that its shell started (setrlimit(2), RLIMIT_FSIZE).
  bool EndedByALargeFile() const {
    const int status = ended ? ended->number : 0;
    return !HasWritableVolume(spec) &&
           ((WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ) ||
            (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGXFSZ));
  }

  // Those that refused the program something.
  std::vector<std::string> LimitsReached() const {
    std::vector<std::string> reached;
    if (spec.limits.pids > 0 && child.cgroup->RefusedProcesses() > 0) {
      reached.push_back(std::to_string(spec.limits.pids) + " processes");
    }
    if ((child.quota && child.quota->Full()) ||
        (disk && (disk->FinishFull() || EndedByALargeFile()))) {
      reached.push_back(base::FormatSize(spec.limits.disk_bytes) + " of disk");
    }
    return reached;
  }
};

Container::Container(std::unique_ptr<State> state) : state_(std::move(state)) {}
Container::Container(Container&&) noexcept = default;
Container& Container::operator=(Container&&) noexcept = default;

Container::~Container() {
  if (state_ != nullptr && !state_->reaped) {
    state_->SendSignal(SIGKILL);
    state_->Reap();
  }
}

Container Container::Start(Host& host, const ContainerSpec& spec, const Stdio& stdio) {
  return base::WithContext("start the container", [&] {
    RequireMapped(spec.user, host.ids());
    auto state = std::make_unique<State>(spec);
    state->child = Launch(host, spec, stdio);
    if (spec.limits.disk_bytes > 0 && !state->child.quota) {
      state->disk = std::make_unique<DiskWatch>(WritableDirectories(spec), state->child.pid,
                                                spec.limits.disk_bytes);
    }
    return Container(std::move(state));
  });
}

int Container::terminal() const { return state_->child.terminal.get(); }

pid_t Container::pid() const { return state_->child.pid; }

Joining Container::Join(const Host& host, const JoinRequest& request) const {
  return container::Join({.pidfd = state_->child.pidfd.get(),
                          .pid = state_->child.pid,
                          .init = host.init(),
                          .cgroups = &state_->child.cgroup->join_files(),
                          .drops_groups = host.ids().count > 1},
                         request);
}

void Container::Signal(int signal) { state_->SendSignal(signal); }

ContainerEnd Container::Wait(std::stop_token stop, const Watched& watched) {
  State& s = *state_;
  const base::StopEvent stopped(stop);

  // Running, then asked to stop (by whom: `why`), then killed.
  std::optional<ExitStatus> why;
  std::optional<Clock::time_point> deadline;
  if (s.spec.timeout.count() > 0) {
    deadline = s.started + s.spec.timeout;
  }
  bool killed = false;
  const auto ask_to_stop = [&](ExitStatus reason) {
    why = reason;
    s.SendSignal(SIGTERM);
    deadline = Clock::now() + s.spec.grace;
  };

  bool reports_open = true;
  while (reports_open && !s.ended && !killed) {
    pollfd events[] = {{s.child.report.get(), POLLIN, 0},
                       {why ? -1 : stopped.fd(), POLLIN, 0},
                       {watched.fd, POLLIN, 0},
                       {s.disk ? s.disk->exceeded_fd() : -1, POLLIN, 0}};
    const bool disk_waits = s.disk && !s.disk->begun();
    const Clock::time_point disk_begins = s.started + DiskWatch::kTick;
    int patience = -1;
    if (deadline || disk_waits) {
      const Clock::time_point until = !deadline     ? disk_begins
                                      : !disk_waits ? *deadline
                                                    : std::min(*deadline, disk_begins);
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
      patience = static_cast<int>(std::clamp<int64_t>(left, 0, 1 << 30));
    }
    const int ready = ::poll(events, std::size(events), patience);
    if (ready < 0 && errno != EINTR) {
      throw Error::FromErrno("wait for the container");
    }
    if (ready > 0 && events[0].revents != 0) {
      const bool before = s.started_program;
      reports_open = s.ReadReport();
      if (s.started_program && !before && watched.on_started) {
        watched.on_started();
      }
    } else if (ready > 0 && events[1].revents != 0) {
      ask_to_stop(Cancelled{});
    } else if (ready > 0 && events[3].revents != 0) {
      // Nothing that it does now makes it better: no grace.
      why = OutOfDisk{s.disk->used(), s.spec.limits.disk_bytes};
      s.SendSignal(SIGKILL);
      killed = true;
    } else if (ready > 0) {
      watched.on_ready();
    } else if (ready == 0 && disk_waits && Clock::now() >= disk_begins) {
      s.disk->Begin();
    } else if (ready == 0 && !why) {
      ask_to_stop(TimedOut{s.spec.timeout});
    } else if (ready == 0) {
      s.SendSignal(SIGKILL);
      killed = true;
    }
  }
  ContainerEnd end;
  rusage total = {};
  const Cgroup& cgroup = *s.child.cgroup;
  bool out_of_memory = false;
  const auto ask_cgroup = [&] {
    AddPeaks(cgroup, end.usage);
    out_of_memory = cgroup.HadOutOfMemoryKill();
  };
  if (s.ended) {
    ask_cgroup();  // All but init are dead, and the kernel is busy with what init leaves.
  }
  const siginfo_t init = s.Reap(&end.usage, &total);
  end.usage.wall = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - s.started);
  if (!s.ended) {
    ask_cgroup();
  }
  AddTimes(cgroup, total, end.usage);
  if (!s.ended || s.ended->number != 0) {
    end.limits_reached = s.LimitsReached();
  }
  s.child.cgroup->Destroy();

  if (s.failed) {
    throw SetupError(*s.failed).Within("start the container");
  }
  const bool by_kill = s.ended
                           ? WIFSIGNALED(s.ended->number) && WTERMSIG(s.ended->number) == SIGKILL
                           : init.si_code == CLD_KILLED;
  if (s.not_started) {
    end.status = NotStartedBy(s.not_started->number, s.spec.argv.front());
  } else if (why) {
    end.status = *why;
  } else if (out_of_memory && (by_kill || (s.ended && s.ended->number != 0))) {
    end.status = OutOfMemory{end.usage.peak_memory_bytes, s.spec.limits.memory_bytes,
                             OutOfMemoryProcess(s.spec.id)};
  } else if (!s.ended) {
    if (init.si_code != CLD_KILLED) {
      throw Error(ErrorKind::kInternal, "the container's init ended without a report");
    }
    end.status = Signaled{init.si_status};
  } else {
    end.status = StatusOf(s.ended->number);
  }
  return end;
}

}  // namespace runtime::container
