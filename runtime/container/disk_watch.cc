#include "runtime/container/disk_watch.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "runtime/base/error.h"
#include "runtime/container/disk_usage.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::UniqueFd;
using Clock = std::chrono::steady_clock;

namespace {

// Counting may take this part of a processor: 1/20.
constexpr int kRestFactor = 19;
// What others free meanwhile hides what is written: so once in this time whatever the disk says.
constexpr std::chrono::seconds kLongest{30};
// A tree that never holds still while it is counted does so on purpose.
constexpr int kMaxFailures = 50;

// A program needs more at a time than what is left of a full disk.
constexpr uint64_t kFullMargin = 64u << 10;

UniqueFd MakeEvent() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) {
    throw base::Error::FromErrno("eventfd");
  }
  return event;
}

void Raise(const UniqueFd& event) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(event.get(), &one, sizeof one);
}

}  // namespace

DiskWatch::Growth::Growth(const fs::path& directory)
    : directory_(directory), last_(FreeOf(directory)) {}

DiskWatch::Growth::Free DiskWatch::Growth::FreeOf(const fs::path& directory) {
  struct statvfs st = {};
  ::statvfs(directory.c_str(), &st);
  return {static_cast<uint64_t>(st.f_bfree) * st.f_frsize, st.f_ffree};
}

void DiskWatch::Growth::Look() {
  const Free now = FreeOf(directory_);
  bytes_ += last_.bytes - std::min(now.bytes, last_.bytes);
  files_ += last_.files - std::min(now.files, last_.files);
  last_ = now;
}

uint64_t DiskWatch::Growth::bytes() const { return bytes_ + files_ * kLeastFileBytes; }

DiskWatch::DiskWatch(std::vector<fs::path> directories, pid_t init, uint64_t bytes)
    : directories_(std::move(directories)),
      init_(init),
      bytes_(bytes),
      growth_(directories_.front()),
      exceeded_(MakeEvent()),
      stop_(MakeEvent()) {}

void DiskWatch::Begin() {
  // Signals are for those who wait for them.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

DiskWatch::~DiskWatch() { Stop(); }

void DiskWatch::Stop() {
  if (thread_.joinable()) {
    Raise(stop_);
    thread_.join();
  }
}

bool DiskWatch::FinishFull() {
  if (begun()) {
    Stop();
  } else {
    growth_.Look();
    bound_ = growth_.bytes();
  }
  const uint64_t full = bytes_ - std::min(kFullMargin, bytes_ / 2);
  return used_ == 0 && (bound_ >= full && Count(full).value_or(0) >= full);
}

std::optional<uint64_t> DiskWatch::Count(uint64_t enough) const {
  uint64_t used = BytesOfDeletedFiles(init_);
  for (const fs::path& directory : directories_) {
    if (used > enough) {
      break;
    }
    const std::optional<uint64_t> bytes = BytesBelow(directory, enough - used);
    if (!bytes) {
      return std::nullopt;
    }
    used += *bytes;
  }
  return used;
}

void DiskWatch::Run() {
  uint64_t counted = 0;
  int failures = 0;
  Clock::time_point not_before = Clock::now();
  Clock::time_point at_latest = Clock::now() + kLongest;
  pollfd stop = {stop_.get(), POLLIN, 0};
  bool stopped = false;
  while (!stopped) {
    stopped = ::poll(&stop, 1, static_cast<int>(kTick.count())) > 0;
    growth_.Look();
    bound_ = counted + growth_.bytes();
    const Clock::time_point now = Clock::now();
    if (stopped || now < not_before || (bound_ <= bytes_ && now < at_latest)) {
      continue;
    }
    growth_.Reset();
    const std::optional<uint64_t> used = Count(bytes_);
    failures = used ? 0 : failures + 1;
    if (used.value_or(0) > bytes_ || failures > kMaxFailures) {
      used_ = std::max(used.value_or(0), bytes_);
      Raise(exceeded_);
      return;
    }
    // What wasn't counted to its end is soon counted again.
    counted = used.value_or(bytes_);
    not_before = Clock::now() + (Clock::now() - now) * kRestFactor;
    at_latest = Clock::now() + kLongest;
  }
}

}  // namespace runtime::container
