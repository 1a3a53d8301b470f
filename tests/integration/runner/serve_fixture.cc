#include "tests/integration/runner/serve_fixture.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

#include "webhooks/signature.h"

namespace runner {
namespace {

namespace fs = std::filesystem;

fs::path Source(const std::string& path) { return fs::path(std::getenv("RUNNER_SOURCE")) / path; }

void ImportBusybox(const fs::path& root) {
  tests::RunProgram({Source("samples/images/make"), "busybox"});
  tests::RunProgram({Source("samples/images/import"),
                     fs::path(std::getenv("RUNNER_BUILD")) / "bin/runner", "busybox"},
                    {}, {"RUNNER_ROOT=" + root.native()});
}

}  // namespace

ServeTest::ServeTest()
    : directory_(fs::temp_directory_path(), "serve"),
      state_(directory_.path() / "state"),
      work_(directory_.path() / "work"),
      bare_(directory_.path() / "hubot.git", true) {
  const std::string home = directory_.path().native();
  ImportBusybox(state_.root());
  runtime::base::WriteFileAtomically(home + "/secret", serve::kTestSecret);
  runtime::base::WriteFileAtomically(home + "/token", "t0ken\n");
  Configure("    clone: file://" + bare_.path().native() + "\n");
  fs::copy_file(Source("samples/webhook/post-receive"), bare_.path() / "hooks/post-receive");
  bare_.Git({"config", "webhook.repository", "pie/hubot"});
  bare_.Git({"config", "webhook.secret-file", home + "/secret"});
  work_.Git({"remote", "add", "origin", bare_.path().native()});
}

void ServeTest::Configure(const std::string& repository) const {
  const std::string home = directory_.path().native();
  runtime::base::WriteFileAtomically(
      home + "/runner.yml",
      "listen: 127.0.0.1:0\nurl: https://ci.example.org\nroot: " + state_.root().native() +
          "\ngithub:\n"
          "  webhook-secrets: [\"file:" +
          home + "/secret\"]\n  api: " + github_.url() + "\n  token: \"file:" + home +
          "/token\"\n"
          "repositories:\n  - name: pie/hubot\n" +
          repository);
}

void ServeTest::StartServer() {
  server_ = std::make_unique<ServeProcess>(directory_.path() / "runner.yml");
  address_ = server_->AwaitAddress();
  bare_.Git({"config", "webhook.url", "http://" + address_ + "/webhooks/github"});
}

std::string ServeTest::PushPipeline(const std::string& pipeline, const std::string& branch) {
  work_.Write(".runner.yml", pipeline);
  work_.Commit("Greet the world");
  const std::string said = Push(branch);
  const size_t at = said.find("{\"run\":\"");
  EXPECT_NE(at, std::string::npos) << said;
  return at == std::string::npos ? "" : said.substr(at + 8, 16);
}

std::string ServeTest::Push(const std::string& branch) {
  // What a hook prints comes to git's standard error.
  return tests::RunProgram({"sh", "-c",
                            "exec git -C \"$1\" push origin \"HEAD:refs/heads/$2\" 2>&1", "sh",
                            work_.path().native(), branch});
}

tests::RawClient::Answer ServeTest::Get(const std::string& target) const {
  return tests::Ask(address_, serve::GetRequest(target));
}

std::string ServeTest::PushPayload(const std::string& repository) const {
  return nlohmann::json{{"ref", "refs/heads/main"},
                        {"after", head()},
                        {"repository", {{"full_name", repository}}},
                        {"head_commit", {{"id", head()}, {"message", "Greet the world"}}}}
      .dump();
}

std::string ServeTest::Delivery(const std::string& id, const std::string& secret) const {
  return serve::DeliveryRequest(PushPayload(), id, secret);
}

size_t ServeTest::CountRuns() const { return CountIn(Page("/"), "<a href=\"/runs/"); }

size_t CountIn(const std::string& page, const std::string& text) {
  size_t count = 0;
  for (size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace runner
