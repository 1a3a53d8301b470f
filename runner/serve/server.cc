#include "runner/serve/server.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runner/secret_reference.h"
#include "runner/serve/pages.h"
#include "runner/serve/queued_run_reader.h"
#include "runner/serve/run_files.h"
#include "runner/serve/run_store.h"
#include "runner/serve/status_reporter.h"
#include "runner/serve/webhook_endpoint.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner::serve {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::base::FileLock;

// GitHub lets a delivery be sent again for 3 days (Enterprise Server: 7).
constexpr std::chrono::hours kDeliveryMemory{30 * 24};
constexpr std::chrono::milliseconds kLastStatuses{1'500};  // from the stop on
constexpr std::string_view kWebhookPath = "/webhooks/github";

FileLock TakeDirectory(const runtime::base::StateDir& state) {
  auto lock = FileLock::TryLock(state.locks() / "serve");
  if (!lock) {
    throw Error(ErrorKind::kExists, "another server uses the state directory " +
                                        state.root().native() + ": stop it, or give --root DIR");
  }
  return std::move(*lock);
}

std::vector<std::string> ResolveAll(const std::vector<std::string>& references) {
  std::vector<std::string> secrets;
  for (const std::string& reference : references) {
    secrets.push_back(ResolveSecret(reference));
  }
  return secrets;
}

}  // namespace

class Server::Core : public HttpHandler {
  // Where there is no token.
  class NoStatuses : public RunListener {
    void Planned(const StoredRun&) override {}
    void Finished(const StoredRun&) override {}
  };

 public:
  Core(Config config, const runtime::base::StateDir& state, ServerParts parts,
       const ServerOptions& options)
      : config_(std::move(config)),
        log_(std::move(parts.log)),
        lock_(TakeDirectory(state)),
        listener_(Listen(config_.listen)),
        store_(OpenRunStore(state)),
        schedules_(std::make_unique<ScheduleStore>(state)),
        reader_(*parts.reader, *store_),
        pages_(reader_),
        files_(reader_, state),
        webhooks_(config_, ResolveAll(config_.webhook_secrets), *store_,
                  [this](const auto& event, const RepositoryConfig& repository) {
                    Accepted(event, repository);
                  }) {
    if (!config_.github_token.empty()) {
      webhooks::GithubStatusClient::Options github;
      github.api = config_.github_api;
      github.token = ResolveSecret(config_.github_token);
      reporter_.emplace(*parts.http, std::move(github), config_.url, *store_, log_);
    }
    const Time now = std::chrono::system_clock::now();
    if (const int again = store_->Recover(now); again > 0) {
      log_(std::to_string(again) + " interrupted run(s) start again");
    }
    store_->ForgetDeliveries(now - kDeliveryMemory);
    if (reporter_) {
      reporter_->ReportMissed(now);
    }
    RunListener& listener = reporter_ ? static_cast<RunListener&>(*reporter_) : no_statuses_;
    queue_.emplace(*store_, std::move(parts.run), listener, options.runs_at_once);
    const std::map<std::string, std::string> scheduled = ScheduledRepositories();
    scheduler_.emplace(SchedulerParts{*store_, *schedules_, std::move(parts.read_schedule),
                                      *parts.clock, [this] { queue_->Wake(); }, log_});
    ReadSchedules(scheduled);
    http_.emplace(std::move(listener_), *this, options.http);
    address_ = http_->address();
  }

  ~Core() override { Stop(); }

  void Stop() {
    if (!queue_) {
      return;
    }
    const auto begin = std::chrono::steady_clock::now();
    http_.reset();  // first: what is accepted must reach the queue
    scheduler_.reset();
    queue_.reset();
    if (reporter_) {
      const auto spent = std::chrono::steady_clock::now() - begin;
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(kLastStatuses - spent);
      reporter_->Drain(std::max(left, std::chrono::milliseconds(0)));
      reporter_.reset();
    }
  }

  const std::string& address() const { return address_; }

  void LookAtTheClock() { scheduler_->Wake(); }

  std::optional<HttpReply> Screen(const HttpCall& call) override {
    if (IsWebhook(call)) {
      return webhooks_.Screen(call);
    }
    return call.method == "POST" ? std::optional(pages_.Handle(call)) : std::nullopt;
  }

  HttpReply Handle(const HttpCall& call) override {
    try {
      if (IsWebhook(call)) {
        return webhooks_.Handle(call);
      }
      std::optional<HttpReply> file = files_.Handle(call);
      return file ? *std::move(file) : pages_.Handle(call);
    } catch (const std::exception& e) {
      log_(call.method + " " + call.target + ": " + e.what());
      throw;
    }
  }

 private:
  static bool IsWebhook(const HttpCall& call) {
    return call.method == "POST" && call.path() == kWebhookPath;
  }

  void Accepted(const pipeline::TriggerEvent& event, const RepositoryConfig& repository) {
    queue_->Wake();
    if (event.kind == pipeline::EventKind::kPush &&
        (event.default_branch.empty() || event.default_branch == event.branch)) {
      scheduler_->Read(repository.name, event.clone_url);
    }
  }

  // Those with schedules, and where they are cloned from. What the configuration names no more is
  // forgotten, before anything of it may be due.
  std::map<std::string, std::string> ScheduledRepositories() {
    std::map<std::string, std::string> addresses;
    for (const StoredSchedule& schedule : schedules_->All()) {
      const RepositoryConfig* repository = config_.Find(schedule.repository);
      if (repository == nullptr || repository->name != schedule.repository) {
        schedules_->Replace(schedule.repository, {});
      } else if (repository->clone.empty()) {
        addresses[schedule.repository] = schedule.clone_url;
      }
    }
    return addresses;
  }

  // A repository may have changed while no server was there.
  void ReadSchedules(const std::map<std::string, std::string>& scheduled) {
    for (const auto& [name, address] : scheduled) {
      scheduler_->Read(name, address);
    }
    for (const RepositoryConfig& repository : config_.repositories) {
      if (!repository.clone.empty()) {
        scheduler_->Read(repository.name, repository.clone);
      }
    }
  }

  const Config config_;
  const std::function<void(const std::string&)> log_;
  std::string address_;
  FileLock lock_;
  runtime::base::UniqueFd listener_;  // until everything is ready for a request
  std::unique_ptr<RunStore> store_;
  std::unique_ptr<ScheduleStore> schedules_;
  QueuedRunReader reader_;
  Pages pages_;
  RunFiles files_;
  WebhookEndpoint webhooks_;
  NoStatuses no_statuses_;
  std::optional<StatusReporter> reporter_;
  std::optional<RunQueue> queue_;
  std::optional<Scheduler> scheduler_;
  std::optional<HttpServer> http_;
};

Server::Server(Config config, const runtime::base::StateDir& state, ServerParts parts,
               ServerOptions options)
    : core_(std::make_unique<Core>(std::move(config), state, std::move(parts), options)) {}

Server::~Server() = default;

const std::string& Server::address() const { return core_->address(); }

void Server::Stop() { core_->Stop(); }

void Server::LookAtTheClock() { core_->LookAtTheClock(); }

}  // namespace runner::serve
