#include "runtime/lifecycle/joins.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "runtime/base/error.h"
#include "runtime/container/pass_fd.h"

namespace runtime::lifecycle {
using base::Error;
using base::ErrorKind;

namespace {

bool Send(const base::UniqueFd& process, int number) {
  return ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0) == 0;
}

}  // namespace

Joins::~Joins() {
  while (!entries_.empty()) {
    Forget(entries_.begin()->first);
  }
}

void Joins::Start(const container::Container& container, const container::Host& host,
                  const container::JoinRequest& request, Owner owner) {
  if (entries_.contains(owner)) {
    throw Error(ErrorKind::kExists, "this connection has a program already");
  }
  Entry& entry = entries_[owner];
  try {
    entry.joining = container.Join(host, request);
    entry.process_watch =
        loop_.Add(entry.joining.process.get(), EPOLLIN, [this, owner] { Reap(owner); });
    entry.channel_watch =
        loop_.Add(entry.joining.channel.get(), EPOLLIN, [this, owner] { TakeSupervisor(owner); });
  } catch (...) {
    Forget(owner);
    throw;
  }
}

void Joins::TakeSupervisor(Owner owner) {
  Entry& entry = entries_.at(owner);
  entry.supervisor.Reset(container::ReceiveFd(entry.joining.channel.get()));
  loop_.Remove(std::exchange(entry.channel_watch, 0));
  entry.joining.channel.Reset();
  if (entry.kill && entry.supervisor) {
    Send(entry.supervisor, SIGKILL);
  }
}

// The process on whose way into the container the supervisor was born.
void Joins::Reap(Owner owner) {
  Entry& entry = entries_.at(owner);
  siginfo_t info;
  ::waitid(P_PIDFD, static_cast<id_t>(entry.joining.process.get()), &info, WEXITED | WNOHANG);
  loop_.Remove(std::exchange(entry.process_watch, 0));
  entry.joining.process.Reset();
  if (entry.channel_watch != 0) {
    TakeSupervisor(owner);  // It was sent before, or never will be.
  }
  if (entry.abandoned) {
    Forget(owner);
  }
}

void Joins::Signal(Owner owner, int number) {
  const auto entry = entries_.find(owner);
  if (entry == entries_.end() || !entry->second.supervisor ||
      !Send(entry->second.supervisor, number)) {
    throw Error(ErrorKind::kUnavailable, "the program has ended");
  }
}

void Joins::Abandon(Owner owner, bool kill) {
  const auto found = entries_.find(owner);
  if (found == entries_.end()) {
    return;
  }
  Entry& entry = found->second;
  entry.kill = kill;
  entry.abandoned = true;
  if (kill && entry.supervisor) {
    Send(entry.supervisor, SIGKILL);
  }
  if (entry.process_watch == 0) {
    Forget(owner);
  }
}

// Without waiting for a process that isn't reaped: only with the monitor's own end.
void Joins::Forget(Owner owner) {
  const auto entry = entries_.find(owner);
  loop_.Remove(entry->second.process_watch);
  loop_.Remove(entry->second.channel_watch);
  entries_.erase(entry);
}

}  // namespace runtime::lifecycle
