// Commit statuses on their way out: a run never waits for GitHub.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "webhooks/commit_status.h"
#include "webhooks/github_status.h"

namespace webhooks {

// Sends in the order of Add, from one thread of its own, one request at a time (GitHub asks for
// that). A status whose retries wait gives way when a newer one of the same commit and context
// stands behind it. Holds at most 1,000; the oldest goes first.
class StatusOutbox {
 public:
  // Told, from the outbox's thread, how each status ended: taken, or given up with a reason.
  using Ended = std::function<void(const CommitStatus& status, const std::string& run_id,
                                   const std::string& problem)>;

  // `client` must outlive the outbox.
  StatusOutbox(const GithubStatusClient& client, Ended ended);
  // Stops at once, a request under way too; what wasn't sent is not reported as ended.
  ~StatusOutbox();

  // Quick, never throws for a full box. Any thread.
  void Add(std::string run_id, CommitStatus status);

  // Waits until all was sent or given up, at most so long. False: something is left.
  bool Drain(std::chrono::milliseconds limit);

 private:
  struct Entry {
    std::string run_id;
    CommitStatus status;
  };
  void Work(const std::stop_token& stop);
  bool WaitBeforeRetry(const CommitStatus& status, std::chrono::milliseconds delay,
                       const std::stop_token& stop);

  const GithubStatusClient& client_;
  Ended ended_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Entry> entries_;
  bool sending_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace webhooks
