// A server with a real listener, store, queue and run directories, whose pipelines are played.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "runner/run_store_reader.h"
#include "runner/serve/server.h"
#include "runtime/base/files.h"
#include "tests/support/raw_client.h"

namespace runner::serve {

inline constexpr char kTestSecret[] = "It's a Secret to Everybody";
inline constexpr char kTestCommit[] = "0123456789abcdef0123456789abcdef01234567";

// Takes commit statuses as GitHub's API would.
class StandInGithub : public HttpHandler {
 public:
  StandInGithub();
  std::string url() const { return "http://" + server_->address(); }

  // The first `count` statuses, once they are there: "pending runner/ci: running". Gives up after
  // 30 s with fewer.
  std::vector<std::string> Await(size_t count);
  // All statuses, once so many are those of runs that have ended.
  std::vector<std::string> AwaitEnds(size_t count);
  // The whole requests of these.
  std::vector<HttpCall> calls();

  std::optional<HttpReply> Screen(const HttpCall&) override { return std::nullopt; }
  HttpReply Handle(const HttpCall& call) override;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> statuses_;
  std::vector<HttpCall> calls_;
  std::unique_ptr<HttpServer> server_;
};

// Plays pipelines: a step with two lines of output and one test case, passed.
class PlayedRuns {
 public:
  explicit PlayedRuns(std::filesystem::path runs) : runs_(std::move(runs)) {}

  pipeline::RunSummary Run(const RunOrder& order, pipeline::RunObserver& observer,
                           const std::stop_token& stop);

  // The next runs wait until Release(), or end as cancelled when the server stops.
  void Hold();
  void Release();
  // Waits until so many were started; false after 30 s.
  bool AwaitStarted(size_t count);
  std::vector<std::string> started();

 private:
  const std::filesystem::path runs_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool held_ = false;
  std::vector<std::string> started_;
};

// A state directory, and a configuration for it.
struct ServerHome {
  ServerHome();
  // `github` is the API's address; empty: no token, no statuses.
  Config MakeConfig(const std::string& github = "") const;

  runtime::base::TemporaryDirectory directory;
  runtime::base::StateDir state;
  RunStoreReader reader;
  std::unique_ptr<runtime::base::HttpTransport> http;
  PlayedRuns runs;
  ScheduleReading schedule;  // of every repository
  runtime::base::Clock clock;
};

std::unique_ptr<Server> StartServer(ServerHome& home, const std::string& github = "",
                                    int runs_at_once = 2);

// A push of `branch` of pie/hubot.
std::string PushBody(const std::string& branch = "main");

// The request of a delivery; `secret` empty: unsigned.
std::string DeliveryRequest(const std::string& body, const std::string& id,
                            const std::string& secret = kTestSecret);

// The id in the answer to a delivery: {"run":"..."}.
std::string RunOf(const tests::RawClient::Answer& answer);

std::string GetRequest(const std::string& target);

// Waits until the run is finished in the store's eyes, seen through the page; false after 30 s.
bool AwaitPage(const std::string& address, const std::string& target, const std::string& text);

}  // namespace runner::serve
