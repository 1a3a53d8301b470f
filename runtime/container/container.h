// Container: starts one container and waits for its end. No daemon: the caller is its parent.
//
//   Container c = Container::Start(host, spec, stdio);
//   ContainerEnd end = c.Wait(stop);
//
// Nothing outlives the object, nor the process: with the caller's death (SIGKILL too) the kernel
// kills PID 1 and with it the whole PID namespace; the reaper (reaper.h) removes the cgroup.
// Wait() returns when the PID namespace is dead and the cgroup empty and removed. The directories
// of the writable layers stay: they are the caller's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <stop_token>

#include "runtime/base/fd.h"
#include "runtime/container/container_spec.h"
#include "runtime/container/exit_status.h"
#include "runtime/container/host.h"
#include "runtime/container/join.h"

namespace runtime::container {

// What the program gets as 0, 1 and 2: descriptors of the caller, used until Start() returns.
// With ContainerSpec::terminal they are left alone, and Container::terminal() is the other end.
struct Stdio {
  int in = 0;
  int out = 1;
  int err = 2;
};

// What the caller does while it waits; must not throw.
struct Watched {
  int fd = -1;                            // of the caller, that needs care; -1 for none
  std::function<void()> on_ready = {};    // it can be read
  std::function<void()> on_started = {};  // the program runs
};

class Container {
 public:
  // Throws Error when the container can't be set up. Thread-safe; the calling thread must live
  // until Wait() returned (PR_SET_PDEATHSIG is by thread). `host` must outlive the object.
  static Container Start(Host& host, const ContainerSpec& spec, const Stdio& stdio);

  Container(Container&&) noexcept;
  Container& operator=(Container&&) noexcept;
  ~Container();  // Kills what still runs and waits for it.

  // The terminal's master side, or -1.
  int terminal() const;
  // PID 1 of the container, as the host numbers it.
  pid_t pid() const;

  // Until the end, the timeout, or `stop` (the stop signal, then SIGKILL after the grace period).
  // Throws Error "start the container: mount: proc/x: reason" when the child failed before it could
  // run the program. To be called once, by the thread that started it.
  ContainerEnd Wait(std::stop_token stop = {}, const Watched& watched = {});

  // Starts one more program in the container (join.h). By the thread that started it, until Wait()
  // returned. Throws Error.
  Joining Join(const Host& host, const JoinRequest& request) const;

  // Sends a signal to the program (not to PID 1 of the container). Any thread, until Wait()
  // returned.
  void Signal(int signal);

 private:
  struct State;
  explicit Container(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace runtime::container
