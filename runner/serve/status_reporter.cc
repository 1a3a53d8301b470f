#include "runner/serve/status_reporter.h"

#include <exception>
#include <utility>

#include "runtime/base/units.h"

namespace runner::serve {
namespace {

// Older outcomes interest nobody any more.
constexpr std::chrono::hours kMissed{72};

std::string Describe(const StoredRun& run) {
  const std::string outcome(pipeline::ToString(run.outcome));
  if (!pipeline::IsSuccess(run.outcome)) {
    return outcome + (run.reason.empty() ? "" : ": " + run.reason);
  }
  const auto duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(run.finished - run.started);
  return outcome + " in " + runtime::base::FormatDuration(duration);
}

}  // namespace

StatusReporter::StatusReporter(runtime::base::HttpTransport& transport,
                               webhooks::GithubStatusClient::Options options, std::string url,
                               RunStore& store, std::function<void(const std::string&)> log)
    : url_(std::move(url)),
      store_(store),
      log_(std::move(log)),
      client_(transport, std::move(options)),
      outbox_(client_, [this](const webhooks::CommitStatus& status, const std::string& run_id,
                              const std::string& problem) {
        if (!problem.empty()) {
          // Not reported: it is tried again when the server starts the next time.
          log_("run " + run_id + ": status " + std::string(ToString(status.state)) +
               " not sent: " + problem);
          return;
        }
        if (status.state == webhooks::CommitState::kPending) {
          return;
        }
        try {
          store_.SetReported(run_id);
        } catch (const std::exception& e) {
          log_("run " + run_id + ": " + e.what());
        }
      }) {}

void StatusReporter::Planned(const StoredRun& run) {
  Report(run, webhooks::CommitState::kPending,
         run.state == RunState::kQueued ? "waits for others of its group" : "running");
}

void StatusReporter::Finished(const StoredRun& run) {
  Report(run, webhooks::StateOf(run.outcome), Describe(run));
}

void StatusReporter::ReportMissed(Time now) {
  for (const StoredRun& run : store_.Unreported(now - kMissed)) {
    Finished(run);
  }
}

void StatusReporter::Report(const StoredRun& run, webhooks::CommitState state,
                            std::string description) {
  if (run.event.commit.empty()) {
    return;  // of a schedule, until it is checked out
  }
  webhooks::CommitStatus status;
  status.repository = run.event.repository;
  status.commit = run.event.commit;
  status.state = state;
  status.context = run.pipeline.empty() ? "runner" : "runner/" + run.pipeline;
  if (run.event.kind == pipeline::EventKind::kPullRequest) {
    status.context += "/pull-request";  // the same commit has a status of its push
  }
  status.description = std::move(description);
  status.target_url = url_ + "/runs/" + run.id;
  outbox_.Add(run.id, std::move(status));
}

}  // namespace runner::serve
