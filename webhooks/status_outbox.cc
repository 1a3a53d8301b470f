#include "webhooks/status_outbox.h"

#include <algorithm>

namespace webhooks {
namespace {

constexpr size_t kMaxEntries = 1'000;

}  // namespace

StatusOutbox::StatusOutbox(const GithubStatusClient& client, Ended ended)
    : client_(client),
      ended_(std::move(ended)),
      thread_([this](const std::stop_token& stop) { Work(stop); }) {}

StatusOutbox::~StatusOutbox() = default;

void StatusOutbox::Add(std::string run_id, CommitStatus status) {
  {
    const std::lock_guard lock(mutex_);
    if (entries_.size() == kMaxEntries) {
      entries_.pop_front();
    }
    entries_.push_back({std::move(run_id), std::move(status)});
  }
  changed_.notify_all();
}

bool StatusOutbox::Drain(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return entries_.empty() && !sending_; });
}

void StatusOutbox::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, stop, [this] { return !entries_.empty(); });
    if (stop.stop_requested()) {
      return;
    }
    const Entry entry = std::move(entries_.front());
    entries_.pop_front();
    sending_ = true;
    lock.unlock();
    const std::string problem = client_.Send(
        entry.status,
        [&](std::chrono::milliseconds delay) { return WaitBeforeRetry(entry.status, delay, stop); },
        stop);
    lock.lock();
    if (!stop.stop_requested() || problem.empty()) {
      lock.unlock();
      ended_(entry.status, entry.run_id, problem);
      lock.lock();
    }
    sending_ = false;
    changed_.notify_all();
  }
}

bool StatusOutbox::WaitBeforeRetry(const CommitStatus& status, std::chrono::milliseconds delay,
                                   const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  bool superseded = false;
  changed_.wait_for(lock, stop, delay, [&] {
    superseded = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& later) {
      return later.status.repository == status.repository && later.status.commit == status.commit &&
             later.status.context == status.context;
    });
    return superseded;
  });
  return !stop.stop_requested() && !superseded;
}

}  // namespace webhooks
