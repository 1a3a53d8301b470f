#include "tests/integration/runner/serve/server_under_test.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

#include "runner/run_directory.h"
#include "webhooks/signature.h"

namespace runner::serve {
namespace {

constexpr std::chrono::seconds kPatience{30};

}  // namespace

StandInGithub::StandInGithub() {
  server_ = std::make_unique<HttpServer>(Listen(*ParseListenAddress("127.0.0.1:0")), *this,
                                         HttpServerOptions{});
}

HttpReply StandInGithub::Handle(const HttpCall& call) {
  const nlohmann::json body = nlohmann::json::parse(call.body, nullptr, false);
  if (call.method != "POST" || !body.is_object() ||
      call.Header("Authorization") != "Bearer t0ken") {
    return {422, "application/json", "{}", {}};
  }
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(call);
    statuses_.push_back(body.value("state", "") + " " + body.value("context", "") + ": " +
                        body.value("description", ""));
  }
  changed_.notify_all();
  return {201, "application/json", "{}", {}};
}

std::vector<std::string> StandInGithub::Await(size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return statuses_.size() >= count; });
  return statuses_;
}

std::vector<std::string> StandInGithub::AwaitEnds(size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] {
    return static_cast<size_t>(std::count_if(
               statuses_.begin(), statuses_.end(),
               [](const std::string& text) { return !text.starts_with("pending"); })) >= count;
  });
  return statuses_;
}

std::vector<HttpCall> StandInGithub::calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

pipeline::RunSummary PlayedRuns::Run(const RunOrder& order, pipeline::RunObserver& observer,
                                     const std::stop_token& stop) {
  const std::string& id = order.run_id;
  const pipeline::TriggerEvent& event = order.event;
  const runtime::base::Clock clock;
  RunDirectory directory(runs_, clock);
  pipeline::ObserverFanOut all({&directory, &observer});
  pipeline::RunSummary summary;
  summary.id = id;
  summary.event = event;
  summary.pipeline = "ci";
  summary.started = std::chrono::system_clock::now();
  pipeline::RunPlan plan;
  plan.name = "ci";
  plan.steps.resize(1);
  plan.steps[0].name = "unit tests";
  if (!order.may_start(plan)) {
    summary.waits = true;
    return summary;
  }
  all.RunStarted(id, event);
  all.PlanMade(plan);
  all.StepStarted("unit tests");
  all.StepLine("unit tests", pipeline::Stream::kStdout, "hello <b>there</b>");
  {
    std::unique_lock lock(mutex_);
    started_.push_back(id);
    changed_.notify_all();
    changed_.wait(lock, stop, [this] { return !held_; });
  }
  pipeline::StepSummary step;
  step.name = "unit tests";
  step.kind = "run";
  step.result.outcome =
      stop.stop_requested() ? pipeline::Outcome::kCancelled : pipeline::Outcome::kPassed;
  step.result.has_tests = true;
  step.result.tests.cases.resize(1);
  step.result.tests.cases[0].name = "adds";
  all.StepFinished(step);
  summary.outcome = step.result.outcome;
  summary.steps = {step};
  summary.tests = step.result.tests;
  all.RunFinished(summary);
  return summary;
}

void PlayedRuns::Hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void PlayedRuns::Release() {
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
  }
  changed_.notify_all();
}

bool PlayedRuns::AwaitStarted(size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return started_.size() >= count; });
}

std::vector<std::string> PlayedRuns::started() {
  const std::lock_guard lock(mutex_);
  return started_;
}

ServerHome::ServerHome()
    : directory("/tmp", "server"),
      state(directory.path() / "state"),
      reader(state.runs()),
      http(runtime::base::MakeHttpTransport()),
      runs(state.runs()) {
  runtime::base::WriteFileAtomically(directory.path() / "secret", kTestSecret);
  runtime::base::WriteFileAtomically(directory.path() / "token", "t0ken\n");
}

Config ServerHome::MakeConfig(const std::string& github) const {
  const std::string home = directory.path().native();
  const std::string text =
      "listen: 127.0.0.1:0\n"
      "url: https://ci.example.org\n"
      "github:\n"
      "  webhook-secrets: [\"file:" +
      home + "/secret\"]\n" +
      (github.empty() ? "" : "  api: " + github + "\n  token: \"file:" + home + "/token\"\n") +
      "repositories:\n"
      "  - name: pie/hubot\n";
  runtime::base::WriteFileAtomically(directory.path() / "runner.yml", text);
  return LoadConfig(directory.path() / "runner.yml");
}

std::unique_ptr<Server> StartServer(ServerHome& home, const std::string& github, int runs_at_once) {
  ServerOptions options;
  options.runs_at_once = runs_at_once;
  return std::make_unique<Server>(
      home.MakeConfig(github), home.state,
      ServerParts{
          [&home](const RunOrder& order, pipeline::RunObserver& observer,
                  const std::stop_token& stop) { return home.runs.Run(order, observer, stop); },
          &home.reader, home.http.get(), [](const std::string&) {},
          [&home](const auto&...) { return home.schedule; }, &home.clock},
      options);
}

std::string PushBody(const std::string& branch) {
  return nlohmann::json{
      {"ref", "refs/heads/" + branch},
      {"after", kTestCommit},
      {"repository",
       {{"full_name", "pie/hubot"}, {"clone_url", "https://example.org/pie/hubot.git"}}},
      {"head_commit", {{"message", "Fix it"}}}}
      .dump();
}

std::string DeliveryRequest(const std::string& body, const std::string& id,
                            const std::string& secret) {
  return "POST /webhooks/github HTTP/1.1\r\nHost: ci\r\nX-GitHub-Event: push\r\n"
         "Content-Type: application/json\r\nX-GitHub-Delivery: " +
         id + "\r\n" +
         (secret.empty() ? "" : "X-Hub-Signature-256: " + webhooks::Sign(body, secret) + "\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string RunOf(const tests::RawClient::Answer& answer) {
  const size_t at = answer.body.find("\"run\":\"");
  return at == std::string::npos ? std::string() : answer.body.substr(at + 7, 16);
}

std::string GetRequest(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: ci\r\n\r\n";
}

bool AwaitPage(const std::string& address, const std::string& target, const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (tests::Ask(address, GetRequest(target)).body.find(text) != std::string::npos) {
      return true;
    }
    std::this_thread::yield();
  }
  return false;
}

}  // namespace runner::serve
