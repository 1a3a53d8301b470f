// What commands ask of a monitor (control.h).
#include <signal.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/container/inside.h"
#include "runtime/container/live_cgroup.h"
#include "runtime/lifecycle/monitor.h"

namespace runtime::lifecycle {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using container::Container;
using std::chrono::milliseconds;

void Monitor::Handle(Client client, const Request& request, const Files& files) {
  switch (request.order) {
    case Order::kStart:
      if (client != starter_ || wanted_) {
        throw Error(ErrorKind::kExists, "the container runs already");
      }
      server_.Listen(Listen(store_.Directory(id())));
      terminal_size_ = static_cast<uint32_t>(request.number);
      wanted_ = true;
      break;
    case Order::kAttach:
      Attach(client);
      break;
    case Order::kInput:
      GiveInput(client);
      break;
    case Order::kWait:
      waiting_clients_.insert(client);
      break;
    case Order::kStop:
      waiting_clients_.insert(client);
      Stop(request.number);
      break;
    case Order::kSignal:
      Signal(request.number);
      server_.SendDone(client);
      break;
    case Order::kPause:
      Pause();
      pauser_ = request.number == kPauseWhileConnected ? client : 0;
      server_.SendDone(client);
      break;
    case Order::kUnpause:
      Unpause();
      server_.SendDone(client);
      break;
    case Order::kJoin:
      Join(client, request, files);
      server_.SendDone(client);
      break;
    case Order::kFiles: {
      const container::Inside inside = container::OpenInside(Running().pid());
      server_.SendDone(client, std::array{inside.root.get(), inside.user_namespace.get()});
      break;
    }
    case Order::kSignalJoined:
      joins_.Signal(client, request.number);
      server_.SendDone(client);
      break;
    default:
      throw Error(ErrorKind::kUnsupported, "the container's monitor knows no such request");
  }
}

void Monitor::Attach(Client client) {
  if (!attached_.insert(client).second) {
    throw Error(ErrorKind::kExists, "this connection is attached already");
  }
  const std::vector<UniqueFd> ends = output_.Attach(client, kept_.config.spec.terminal);
  std::vector<int> files;
  std::transform(ends.begin(), ends.end(), std::back_inserter(files),
                 [](const UniqueFd& fd) { return fd.get(); });
  server_.SendDone(client, files);
}

void Monitor::GiveInput(Client client) {
  const int fd = life_.input();
  if (fd < 0) {
    throw Error(ErrorKind::kUnavailable,
                "the container takes no input: it was made without --interactive, or its input "
                "has ended");
  }
  server_.SendDone(client, {&fd, 1});
  if (kept_.config.input_ends) {
    life_.EndInput();  // The client's is the last: closing it is the end of the input.
  }
}

void Monitor::Stop(int grace_ms) {
  stopping_ = true;
  if (Container* container = life_.container()) {
    Unpause();
    container->Signal(SIGTERM);
    grace_.Set(grace_ms < 0 ? kept_.config.spec.grace : milliseconds(grace_ms));
  }
}

void Monitor::Signal(int number) {
  Container& container = Running();
  if (number == SIGKILL || number == SIGTERM || number == kept_.config.spec.stop_signal) {
    stopping_ = true;
  }
  container.Signal(number);
  if (number == SIGKILL) {
    Unpause();  // What is frozen can't die on every host.
  }
}

void Monitor::OnSignal() {
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo != SIGHUP) {
      Stop(-1);
    }
  }
}

void Monitor::Kill() {
  if (Container* container = life_.container()) {
    container->Signal(SIGKILL);
    Unpause();
  }
}

void Monitor::Pause() {
  Running();
  if (state().status == Status::kPaused) {
    throw Error(ErrorKind::kExists, "the container is paused already");
  }
  container::LiveCgroup(host_.cgroups(), id()).Freeze();
  Publish(Status::kPaused);
}

void Monitor::Unpause() {
  pauser_ = 0;
  if (state().status == Status::kPaused) {
    container::LiveCgroup(host_.cgroups(), id()).Thaw();
    Publish(Status::kRunning);
  }
}

void Monitor::Join(Client client, const Request& request, const Files& files) {
  const bool terminal = (request.number & kJoinTerminal) != 0;
  if (files.size() != (terminal ? 3 : 5)) {
    throw Error(ErrorKind::kInvalid, "a program comes with its descriptors");
  }
  const Container& container = Running();
  if (state().status != Status::kRunning) {
    throw Error(ErrorKind::kUnavailable, "the container is paused: unpause it first");
  }
  container::JoinRequest join;
  join.record = files[0].get();
  join.report = files[1].get();
  if (terminal) {
    join.terminal = files[2].get();
    join.uid = request.uid;
    join.gid = request.gid;
  } else {
    std::transform(files.begin() + 2, files.end(), std::begin(join.stdio),
                   [](const UniqueFd& fd) { return fd.get(); });
  }
  joins_.Start(container, host_, join, client);
  if ((request.number & kJoinDetached) != 0) {
    detached_.insert(client);
  }
}

void Monitor::Forget(Client client) {
  if (client == pauser_) {
    Unpause();
  }
  waiting_clients_.erase(client);
  if (attached_.erase(client) > 0) {
    output_.Detach(client);
  }
  joins_.Abandon(client, detached_.erase(client) == 0);
  if (client == starter_ && !wanted_) {
    starter_ = 0;
  }
}

Container& Monitor::Running() {
  if (life_.container() == nullptr) {
    throw Error(ErrorKind::kUnavailable, "the container isn't running");
  }
  return *life_.container();
}

}  // namespace runtime::lifecycle
