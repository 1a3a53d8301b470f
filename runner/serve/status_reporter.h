// StatusReporter: tells GitHub how runs go on, as commit statuses. A run never waits for it and
// never fails by it.
#pragma once

#include <functional>
#include <string>

#include "runner/serve/run_queue.h"
#include "runner/serve/run_store.h"
#include "webhooks/github_status.h"
#include "webhooks/status_outbox.h"

namespace runner::serve {

class StatusReporter : public RunListener {
 public:
  // `url` is the server's; `log` gets a line for each status that GitHub didn't take. `transport`
  // and `store` must outlive the reporter.
  StatusReporter(runtime::base::HttpTransport& transport,
                 webhooks::GithubStatusClient::Options options, std::string url, RunStore& store,
                 std::function<void(const std::string&)> log);

  // "pending", running or waiting: when the pipeline's name, and with it the status's context, is
  // known.
  void Planned(const StoredRun& run) override;
  void Finished(const StoredRun& run) override;

  // Sends the outcome of the last days' runs that GitHub wasn't told, since the server ended first.
  void ReportMissed(Time now);

  // Waits for what is on its way, at most so long. What isn't sent then, ReportMissed sends at the
  // next start.
  void Drain(std::chrono::milliseconds limit) { outbox_.Drain(limit); }

 private:
  void Report(const StoredRun& run, webhooks::CommitState state, std::string description);

  const std::string url_;
  RunStore& store_;
  const std::function<void(const std::string&)> log_;
  webhooks::GithubStatusClient client_;
  webhooks::StatusOutbox outbox_;
};

}  // namespace runner::serve
