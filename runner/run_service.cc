#include "runner/run_service.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "runner/service_ready.h"
#include "runner/step_output.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/base/units.h"
#include "runtime/network/namespaces.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace {

constexpr milliseconds kFirstPause{5};
constexpr milliseconds kLongestPause{200};
// A command that takes longer is ended, and run again.
constexpr milliseconds kCommandPatience{10'000};
// Nothing that it writes in the end is kept but its log.
constexpr milliseconds kServiceGrace{1'000};

// What can't be asked now may be asked later: it may be about to end.
std::optional<std::string> LookOnce(const pipeline::ReadySpec& ready, const ReadyTarget& target,
                                    const std::stop_token& stop) {
  try {
    return WhyNotReady(ready, target, stop);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kCancelled) {
      throw;
    }
    return e.what();
  }
}

}  // namespace

RunService::RunService(container::Host& host, ServiceParts parts)
    : host_(host), parts_(std::move(parts)), join_event_(::eventfd(0, EFD_CLOEXEC)) {
  if (!join_event_) {
    throw Error::FromErrno("eventfd");
  }
  parts_.spec.grace = kServiceGrace;
  thread_ = std::thread([this] { Run(); });
}

RunService::~RunService() {
  RequestStop();
  thread_.join();
}

void RunService::AwaitReady(std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, std::move(stop), [this] { return ready_ || failure_; });
}

bool RunService::WasReady() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

std::optional<ServiceFailure> RunService::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void RunService::Run() noexcept {
  const std::string whose = "service \"" + name() + "\"";
  ServiceFailure failure;
  try {
    const container::ContainerEnd end = RunContainer();
    const std::string limits = container::DescribeLimits(end);
    const std::string how = container::Describe(end.status) + (limits.empty() ? "" : "; " + limits);
    parts_.log->Line(pipeline::Stream::kRunner, "ended: " + how);
    const std::lock_guard lock(mutex_);
    if (!given_up_ && std::holds_alternative<container::Cancelled>(end.status)) {
      parts_.log->Close();
      return;
    }
    failure.reason = whose + (given_up_ ? " " + *given_up_ : " ended by itself: " + how);
  } catch (const Error& e) {
    failure.error = e.Within(whose);
  } catch (const std::exception& e) {
    failure.error = Error(ErrorKind::kInternal, whose + ": " + e.what());
  }
  if (failure.error) {
    failure.reason = failure.error->what();
    parts_.log->Line(pipeline::Stream::kRunner, failure.reason);
  }
  parts_.log->Close();
  const std::deque<std::string>& lines = parts_.log->last_lines();
  failure.last_lines.assign(lines.begin(), lines.end());
  Fail(std::move(failure));
}

container::ContainerEnd RunService::RunContainer() {
  StepOutput output(*parts_.log, host_.ids().base + parts_.spec.user.uid);
  const base::UniqueFd nothing = base::OpenFile("/dev/null", O_RDONLY);
  // While the process is there for sure: its program may end at once.
  base::UniqueFd network;
  container::ContainerSpec spec = parts_.spec;
  spec.configure_network = [&](pid_t process) {
    parts_.spec.configure_network(process);
    network = runtime::network::OpenNetworkNamespace(process);
  };
  container::Container running = container::Container::Start(
      host_, spec, {.in = nothing.get(), .out = output.out(), .err = output.err()});
  output.Begin();
  std::jthread asking([&](const std::stop_token& stop) { AskUntilReady(network.get(), stop); });
  const container::ContainerEnd end =
      running.Wait(stop_.get_token(), {.fd = join_event_.get(),
                                       .on_ready = [&] { ServeJoin(running); },
                                       .on_started =
                                           [&] {
                                             const std::lock_guard lock(mutex_);
                                             started_ = true;
                                             changed_.notify_all();
                                           }});
  asking.request_stop();
  asking.join();
  output.Finish();
  return end;
}

void RunService::AskUntilReady(int network, const std::stop_token& stop) noexcept {
  const pipeline::ReadySpec& ready = parts_.service.ready;
  try {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return started_; })) {
        return;
      }
    }
    const auto deadline = steady_clock::now() + ready.within;
    const auto left = [&] {
      return std::max(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()),
                      milliseconds(0));
    };
    const ReadyTarget target = {
        .network = network,
        .address = parts_.member->addresses().front(),
        .exposed = parts_.exposed_ports,
        .run = [&](const std::vector<std::string>& argv) {
          container::ContainerSpec spec = parts_.spec;
          spec.argv = argv;
          return RunJoined(
              spec, host_.ids(),
              [&](const container::JoinRequest& request) { return Join(request, stop); },
              std::min(left(), kCommandPatience), stop);
        }};
    std::string reason;
    for (milliseconds pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
      const std::optional<std::string> why = LookOnce(ready, target, stop);
      if (!why) {
        return NoteReady();
      }
      // A command that had no time left says less than the one before it.
      const bool late = left().count() == 0;
      reason = late && !reason.empty() ? reason : *why;
      if (late) {
        return GiveUp("isn't ready within " + base::FormatDuration(ready.within) + ": " + reason);
      }
      base::Pause(std::min(pause, left()), stop);
    }
  } catch (const Error&) {
    // A stop: it isn't needed any more, or has ended.
  } catch (const std::exception& e) {
    GiveUp(std::string("can't be asked whether it is ready: ") + e.what());
  }
}

void RunService::NoteReady() {
  const std::lock_guard lock(mutex_);
  ready_ = true;
  changed_.notify_all();
}

void RunService::GiveUp(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    given_up_ = why;
  }
  RequestStop();
}

void RunService::Fail(ServiceFailure failure) {
  {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
    changed_.notify_all();
  }
  failed_.request_stop();
}

// By the container's own thread, while it waits for the end.
container::Joining RunService::Join(const container::JoinRequest& request, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  join_request_ = &request;
  ::eventfd_write(join_event_.get(), 1);
  const bool served =
      changed_.wait(lock, std::move(stop), [this] { return join_request_ == nullptr; });
  join_request_ = nullptr;
  if (!served) {
    throw Error(ErrorKind::kCancelled, "the service has ended");
  }
  if (join_error_) {
    throw *std::exchange(join_error_, std::nullopt);
  }
  return *std::exchange(joining_, std::nullopt);
}

void RunService::ServeJoin(const container::Container& container) {
  eventfd_t count = 0;
  ::eventfd_read(join_event_.get(), &count);
  const std::lock_guard lock(mutex_);
  if (join_request_ == nullptr) {
    return;
  }
  try {
    joining_ = container.Join(host_, *join_request_);
  } catch (const Error& e) {
    join_error_ = e;
  }
  join_request_ = nullptr;
  changed_.notify_all();
}

}  // namespace runner
