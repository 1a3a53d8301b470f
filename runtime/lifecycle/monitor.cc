#include "runtime/lifecycle/monitor.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/live_cgroup.h"
#include "runtime/container/reaper.h"
#include "runtime/image/image_store.h"

namespace runtime::lifecycle {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
using std::chrono::milliseconds;

namespace {

constexpr int kCleanPatienceMs = 1000;
// Docker's exit code for a container that the runtime couldn't start.
constexpr int kNotSetUp = 125;

// SIGTERM to a monitor, as at a shutdown of the host, is a request to stop its container.
UniqueFd TakeSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) {
    throw Error::FromErrno("take signals");
  }
  return fd;
}

}  // namespace

Monitor::Monitor(const Store& store, Kept kept, container::Host& host,
                 const std::filesystem::path& network_helper)
    : store_(store),
      kept_(std::move(kept)),
      host_(host),
      signals_(TakeSignals()),
      log_(store.Directory(id()), kept_.config.log),
      output_(loop_, log_),
      life_(host, loop_, output_),
      joins_(loop_),
      grace_(loop_, [this] { Kill(); }),
      delay_(loop_, [this] { waiting_ = false; }),
      restart_(kept_.config.restart),
      server_(
          loop_,
          [this](Client client, const Request& request, const Files& files) {
            Handle(client, request, files);
          },
          [this](Client client) { Forget(client); }),
      network_(network_helper) {
  loop_.Add(signals_.get(), EPOLLIN, [this] { OnSignal(); });
  if (kept_.config.health_check) {
    health_.emplace(loop_, host_, kept_.config, kept_.state, [this] { Publish(state().status); });
  }
}

void Monitor::Run(UniqueFd client) {
  const Client first = server_.Adopt(std::move(client));
  starter_ = first;
  while (!wanted_ && starter_ != 0) {
    loop_.Await();
  }
  if (!wanted_) {
    return;
  }
  std::optional<milliseconds> delay;
  do {
    const auto begin = std::chrono::steady_clock::now();
    try {
      OnEnded(LiveOnce());
    } catch (const Error& error) {
      OnNotStarted(error, kNotSetUp);
    }
    if (health_) {
      health_->End();
    }
    const auto ran = std::chrono::steady_clock::now() - begin;
    delay = stopping_ ? std::nullopt
                      : restart_.AfterEnd(state().exit_code,
                                          std::chrono::duration_cast<milliseconds>(ran));
    if (delay) {
      Publish(Status::kRestarting);
      TellEnd(std::exchange(attached_, {}));
    }
  } while (delay && WaitForRestart(*delay));
  Conclude();
}

// What is told of the end can be seen in the record by then.
void Monitor::Conclude() {
  network_.End();
  Publish(state().started == 0 ? Status::kCreated : Status::kExited);
  if (kept_.config.remove_at_end) {
    volumes_.clear();
    store_.Remove(id(), true);
  }
  waiting_clients_.merge(attached_);
  TellEnd(waiting_clients_);
}

void Monitor::Hold() {
  layers_ = image::ImageStore(store_.state()).HoldLayers(kept_.config.layers);
  volumes_.clear();
  for (const std::string& volume : kept_.config.volumes) {
    volumes_.push_back(volume::VolumeStore(store_.state()).Hold(volume));
  }
}

container::ContainerEnd Monitor::LiveOnce() {
  if (layers_.empty()) {
    Hold();
  }
  container::ContainerSpec spec = kept_.config.spec;
  spec.rootfs = store_.Rootfs(kept_.config);
  network_.PutInto(spec, kept_);
  return life_.Run(spec, kept_.config.open_input, terminal_size_, [this] { OnStarted(); });
}

void Monitor::OnStarted() {
  state().pid = life_.container()->pid();
  state().out_of_memory = false;
  state().started = Now();
  state().restarts = restart_.count();
  state().reason.clear();
  if (health_) {
    health_->Begin(*life_.container());
  }
  Publish(Status::kRunning);
  if (starter_ != 0) {
    server_.SendDone(std::exchange(starter_, 0));
  }
}

void Monitor::OnEnded(const container::ContainerEnd& end) {
  grace_.Cancel();
  container::LiveCgroup(host_.cgroups(), id()).Forget(kCleanPatienceMs);
  state().pid = 0;
  state().finished = Now();
  if (const auto* failure = std::get_if<container::NotStarted>(&end.status)) {
    OnNotStarted(Error(ErrorKind::kNotFound, failure->reason), failure->code);
    return;
  }
  state().exit_code = container::ExitCode(end.status);
  state().out_of_memory = std::holds_alternative<container::OutOfMemory>(end.status);
  const bool plain = std::holds_alternative<container::Exited>(end.status) ||
                     std::holds_alternative<container::Signaled>(end.status);
  state().reason = plain ? "" : container::Describe(end.status);
  if (starter_ != 0) {
    server_.SendDone(std::exchange(starter_, 0));  // It was killed before its program ran.
  }
}

void Monitor::OnNotStarted(const Error& error, int code) {
  state().exit_code = code;
  state().reason = error.what();
  if (starter_ != 0) {
    // The first start of this life: whoever asked for it decides what comes next.
    stopping_ = true;
    Publish(state().started == 0 ? Status::kCreated : Status::kExited);  // Seen by whoever is told.
    server_.SendFailure(std::exchange(starter_, 0), error, code);
  }
}

// False when it was stopped meanwhile.
bool Monitor::WaitForRestart(milliseconds delay) {
  waiting_ = true;
  delay_.Set(delay);
  while (waiting_ && !stopping_) {
    loop_.Await();
  }
  return !stopping_;
}

void Monitor::Publish(Status status) {
  state().status = status;
  try {
    store_.WriteState(id(), state());
  } catch (const Error&) {
    // A full disk. The container goes on; who looks sees what was last written.
  }
}

void Monitor::TellEnd(const std::set<Client>& clients) {
  Reply reply;
  reply.answer = Answer::kEnded;
  reply.number = state().exit_code;
  reply.SetText(state().reason);
  for (const Client client : clients) {
    server_.Send(client, reply);
  }
}

void RunMonitor(const Store& store, const std::string& id, LifeLock lock, UniqueFd client,
                const std::filesystem::path& network_helper) noexcept {
  static_cast<void>(lock);
  try {
    std::optional<Kept> kept;
    std::unique_ptr<container::Host> host;
    const int socket = client.get();
    try {
      kept = store.Get(id);
      host = container::Host::Open(store.state(), {.children = container::Forker::Way::kCopied});
      host->reaper().Watch(id);
      // A monitor and a reaper that were killed may have left some.
      container::RemoveContainer(store.state(), host->cgroups(), id, kCleanPatienceMs);
    } catch (const Error& error) {
      Reply reply;
      reply.answer = Answer::kFailed;
      reply.kind = error.kind();
      reply.SetText(error.what());
      SendPacket(socket, {reinterpret_cast<const char*>(&reply), sizeof reply}, {}, true);
      return;
    }
    Monitor(store, *std::move(kept), *host, network_helper).Run(std::move(client));
  } catch (const std::exception&) {
    // Nobody is there to be told; the record says what was last true.
  }
}

}  // namespace runtime::lifecycle
