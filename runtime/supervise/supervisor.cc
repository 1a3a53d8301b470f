#include "runtime/supervise/supervisor.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "runtime/supervise/process.h"

namespace runtime::supervise {
namespace {

// Enough for a full pipe; what a service left running may never stop writing.
constexpr int kDrainRounds = 100;

constexpr int kTaken[] = {SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2};

bool IsUp(const Service& service) { return service.state() != Service::State::kDown; }

bool AsksForEnd(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT; }

int OpenSignals() {
  // All are blocked, also those that nobody takes: none of them ends the supervisor.
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  sigset_t taken;
  ::sigemptyset(&taken);
  for (const int signal : kTaken) {
    ::sigaddset(&taken, signal);
  }
  return ::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

int Supervisor::Run(const char* const* command) {
  if (!Begin(command)) {
    return 125;
  }
  while (true) {
    const int64_t now = Now();
    TakeSignals(now);
    requests_.Handle(now, stopping_);
    Advance(now);
    requests_.AnswerStopped(now);
    if (HasEnded()) {
      break;
    }
    PumpAndWait(now);
  }
  Drain();
  return ExitCode();
}

void Supervisor::Advance(int64_t now) {
  for (Service& service : services_) {
    service.Tick(now);
  }
  command_.Tick(now);
  if (stopping_) {
    StopNext(now);
  }
}

void Supervisor::Drain() {
  for (Service& service : services_) {
    for (int i = 0; i < kDrainRounds && (service.relay().Pump(output_) || !output_.empty()); ++i) {
      output_.Flush(true);
    }
  }
}

bool Supervisor::Begin(const char* const* command) {
  if (!services_.Open(kServiceDirectory)) {
    return false;
  }
  has_command_ = command != nullptr;
  if (services_.count() == 0 && !has_command_) {
    Line line;
    Say(line << "no service in " << kServiceDirectory << ", and no command");
    return false;
  }
  signals_ = OpenSignals();
  requests_.Open();
  const int64_t now = Now();
  for (Service& service : services_) {
    if (!service.starts_down()) {
      service.Start(now);
    }
  }
  return !has_command_ || command_.Start(command);
}

void Supervisor::TakeSignals(int64_t now) {
  signalfd_siginfo info;
  while (::read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGCHLD) {
      Reap(now);
    } else if (AsksForEnd(signal)) {
      BeginStop(now);
    } else if (command_.running()) {
      command_.Signal(signal);
    } else {
      for (const Service& service : services_) {
        service.Signal(signal);
      }
    }
  }
}

void Supervisor::Reap(int64_t now) {
  siginfo_t info = {};
  // Looked at first: as long as the leader isn't reaped, nobody else gets the number of its group.
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
    Service* service = services_.FindByPid(info.si_pid);
    if (service != nullptr) {
      service->KillRest();
    }
    int status = 0;
    ::waitpid(info.si_pid, &status, 0);
    if (service != nullptr) {
      service->Ended(status, now);
    } else if (info.si_pid == command_.pid()) {
      command_.Ended(status);
      BeginStop(now);
    }
    info.si_pid = 0;
  }
}

void Supervisor::BeginStop(int64_t now) {
  if (!stopping_) {
    stopping_ = true;
    stop_deadline_ = now + grace_;
  }
}

// The command first, then the services in the reverse order of their start; each when the one
// before has ended. Each has an equal share of the time that is left.
void Supervisor::StopNext(int64_t now) {
  const int left = CountUp() + (command_.running() ? 1 : 0);
  const int64_t grace = left == 0 || now > stop_deadline_ ? 0 : (stop_deadline_ - now) / left;
  if (command_.running()) {
    if (!command_.stopping()) {
      command_.Stop(now, grace);
    }
    return;
  }
  for (Service* service = services_.end(); service-- != services_.begin();) {
    if (!IsUp(*service)) {
      continue;
    }
    if (!service->stopping()) {
      service->Stop(now, grace);
    }
    if (IsUp(*service)) {
      return;
    }
  }
}

int Supervisor::CountUp() {
  return static_cast<int>(std::count_if(services_.begin(), services_.end(), IsUp));
}

bool Supervisor::HasEnded() { return stopping_ && !command_.running() && CountUp() == 0; }

// Until there is something to do. While the output takes no more, nothing is read either.
void Supervisor::PumpAndWait(int64_t now) {
  bool again = false;
  int64_t deadline = command_.deadline();
  const auto earlier = [&](int64_t other) {
    deadline = deadline < 0 || (other >= 0 && other < deadline) ? other : deadline;
  };
  pollfd events[kMaxServices + 3];
  nfds_t count = 0;
  events[count++] = {signals_, POLLIN, 0};
  events[count++] = {requests_.fd(), POLLIN, 0};
  for (Service& service : services_) {
    again = service.relay().Pump(output_) || again;
    earlier(service.deadline());
  }
  output_.Flush();
  if (!output_.empty()) {
    again = false;
    events[count++] = {output_.fd(), POLLOUT, 0};
  } else {
    for (Service& service : services_) {
      events[count++] = {service.relay().reader(), POLLIN, 0};
    }
  }
  const int64_t patience = again ? 0 : deadline < 0 ? -1 : std::max<int64_t>(deadline - now, 0);
  ::poll(events, count, static_cast<int>(patience));
}

int Supervisor::ExitCode() {
  if (has_command_) {
    return command_.exit_code();
  }
  const bool killed = std::any_of(services_.begin(), services_.end(),
                                  [](const Service& service) { return service.was_killed(); });
  return killed ? 1 : 0;
}

}  // namespace runtime::supervise
