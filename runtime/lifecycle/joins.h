// Joins: the programs that commands have started in a container beside its own ("exec"), in its
// monitor. Each tells the command that asked for it how it ended, by a pipe of its own; here is
// only what ends it when that command goes. One thread.
#pragma once

#include <cstdint>
#include <map>

#include "runtime/base/fd.h"
#include "runtime/container/container.h"
#include "runtime/lifecycle/event_loop.h"

namespace runtime::lifecycle {

class Joins {
 public:
  using Owner = uint64_t;

  explicit Joins(EventLoop& loop) : loop_(loop) {}
  Joins(const Joins&) = delete;
  Joins& operator=(const Joins&) = delete;
  ~Joins();

  // One for each owner. Throws Error.
  void Start(const container::Container& container, const container::Host& host,
             const container::JoinRequest& request, Owner owner);
  // To the program of that owner. Throws Error (kUnavailable) when it has ended.
  void Signal(Owner owner, int number);
  // The owner doesn't wait any more: its program is killed, unless it was to live on.
  void Abandon(Owner owner, bool kill);

 private:
  struct Entry {
    container::Joining joining;
    EventLoop::Watch process_watch = 0;
    EventLoop::Watch channel_watch = 0;
    base::UniqueFd supervisor;  // pidfd, once it is there
    bool kill = false;          // ... is to be killed then
    bool abandoned = false;
  };
  void TakeSupervisor(Owner owner);
  void Reap(Owner owner);
  void Forget(Owner owner);

  EventLoop& loop_;
  std::map<Owner, Entry> entries_;
};

}  // namespace runtime::lifecycle
