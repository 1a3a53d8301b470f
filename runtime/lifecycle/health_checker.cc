#include "runtime/lifecycle/health_checker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/units.h"
#include "runtime/container/exit_status.h"
#include "runtime/container/init/record.h"
#include "runtime/container/init_record.h"
#include "runtime/container/launch.h"

namespace runtime::lifecycle {
using base::Error;
using base::UniqueFd;
using container::InitEvent;
using container::InitReport;

namespace {

constexpr int kNoExitCode = -1;

}  // namespace

HealthChecker::HealthChecker(EventLoop& loop, const container::Host& host, const Config& config,
                             State& state, std::function<void()> on_change)
    : loop_(loop),
      host_(host),
      config_(config),
      state_(state),
      on_change_(std::move(on_change)),
      joins_(loop),
      next_(loop, [this] { Start(); }),
      timeout_(loop, [this] { OnTimeout(); }) {}

void HealthChecker::Begin(const container::Container& container) {
  container_ = &container;
  state_.health = {.status = Health::Status::kStarting};
  next_.Set(config_.health_check->interval);
}

void HealthChecker::End() noexcept {
  next_.Cancel();
  timeout_.Cancel();
  if (Running()) {
    joins_.Abandon(check_, true);
    Forget();
  }
  container_ = nullptr;
}

void HealthChecker::Start() {
  if (state_.status != Status::kRunning) {  // Paused: what stands still isn't ill.
    next_.Set(config_.health_check->interval);
    return;
  }
  probe_ = {.start = Now()};
  timed_out_ = false;
  ++check_;
  try {
    Launch();
    timeout_.Set(config_.health_check->timeout);
  } catch (const Error& error) {
    joins_.Abandon(check_, true);
    Finish(kNoExitCode, error.what());
  }
}

void HealthChecker::Launch() {
  container::ContainerSpec spec = config_.spec;
  spec.argv = config_.health_check->argv;
  spec.terminal = false;
  const UniqueFd record =
      container::MakeInitRecord(spec, host_.ids(), container::InitRole::kChecking);
  const UniqueFd null = base::OpenFile("/dev/null", O_RDWR);
  base::Pipe reports = base::MakePipe();
  base::Pipe output = base::MakePipe();
  ::fcntl(output.read.get(), F_SETFL, O_NONBLOCK);
  joins_.Start(*container_, host_,
               {.record = record.get(),
                .report = reports.write.get(),
                .stdio = {null.get(), output.write.get(), output.write.get()}},
               check_);
  reports_ = std::move(reports.read);
  output_ = std::move(output.read);
  reports_watch_ = loop_.Add(reports_.get(), EPOLLIN, [this] { TakeReport(); });
  output_watch_ = loop_.Add(output_.get(), EPOLLIN, [this] { TakeOutput(); });
}

// All of it is read, so that no check waits for us; the first part is kept.
void HealthChecker::TakeOutput() {
  std::array<char, 4096> buffer;
  ssize_t n;
  while ((n = ::read(output_.get(), buffer.data(), buffer.size())) > 0) {
    const size_t room = Health::kLongestOutput - probe_.output.size();
    probe_.output.append(buffer.data(), std::min(room, static_cast<size_t>(n)));
  }
  if (n == 0) {
    loop_.Remove(std::exchange(output_watch_, 0));
  }
}

void HealthChecker::TakeReport() {
  InitReport report;
  if (::read(reports_.get(), &report, sizeof report) != static_cast<ssize_t>(sizeof report)) {
    Finish(kNoExitCode, "the check was killed");
    return;
  }
  switch (report.event) {
    case InitEvent::kSetupFailed:
      Finish(kNoExitCode, container::SetupError(report).what());
      break;
    case InitEvent::kNotStarted: {
      const container::NotStarted failure =
          container::NotStartedBy(report.number, config_.health_check->argv.front());
      Finish(failure.code, failure.reason);
      break;
    }
    case InitEvent::kStarted:
      break;
    case InitEvent::kEnded:
      Finish(container::ExitCode(container::StatusOf(report.number)), "");
      break;
  }
}

// The supervisor ends the program and whatever that has started; if it can't even be reached, it is
// killed.
void HealthChecker::OnTimeout() {
  if (timed_out_) {
    joins_.Abandon(check_, true);
    Finish(kNoExitCode, "");
    return;
  }
  timed_out_ = true;
  try {
    joins_.Signal(check_, SIGTERM);
    timeout_.Set(std::chrono::seconds(10));
  } catch (const Error&) {
    timeout_.Set(std::chrono::milliseconds(0));
  }
}

void HealthChecker::Finish(int exit_code, const std::string& reason) {
  if (Running() && output_watch_ != 0) {
    TakeOutput();
  }
  Forget();
  probe_.end = Now();
  probe_.exit_code = timed_out_ ? kNoExitCode : exit_code;
  if (timed_out_) {
    probe_.output = "the check took longer than " +
                    base::FormatDuration(config_.health_check->timeout) + "\n" + probe_.output;
  } else if (!reason.empty()) {
    probe_.output = reason;
  }
  probe_.output.resize(std::min(probe_.output.size(), Health::kLongestOutput));
  Add(*config_.health_check, state_.started, std::move(probe_), state_.health);
  on_change_();
  next_.Set(config_.health_check->interval);
}

void HealthChecker::Forget() noexcept {
  timeout_.Cancel();
  joins_.Abandon(check_, false);
  loop_.Remove(std::exchange(reports_watch_, 0));
  loop_.Remove(std::exchange(output_watch_, 0));
  reports_.Reset();
  output_.Reset();
}

}  // namespace runtime::lifecycle
