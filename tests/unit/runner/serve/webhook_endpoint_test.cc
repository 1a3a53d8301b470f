#include "runner/serve/webhook_endpoint.h"

#include <gtest/gtest.h>

#include "runtime/base/files.h"
#include "webhooks/signature.h"

namespace runner::serve {
namespace {

constexpr char kSecret[] = "s3cret";

class WebhookEndpointTest : public ::testing::Test {
 protected:
  WebhookEndpointTest()
      : directory_("/tmp", "hook"),
        state_(directory_.path()),
        store_(OpenRunStore(state_)),
        endpoint_(config_, {kSecret}, *store_, [this](const auto&...) { ++accepted_; }) {
    config_.repositories = {{"pie/hubot", "", {}}, {"pie/mirror", "file:///srv/git/m.git", {}}};
    config_.url = "https://ci.example.org";
  }

  static std::string Push(const std::string& repository = "pie/hubot",
                          const std::string& url = "https://example.org/r.git") {
    return R"({"ref":"refs/heads/main","after":"0123456789abcdef0123456789abcdef01234567",)"
           R"("repository":{"full_name":")" +
           repository + R"(","clone_url":")" + url + R"("}})";
  }

  static HttpCall Signed(const std::string& body, const std::string& id = "d1",
                         const std::string& event = "push") {
    HttpCall call;
    call.method = "POST";
    call.target = "/webhooks/github";
    call.body = body;
    call.headers = {{"X-GitHub-Event", event},
                    {"X-GitHub-Delivery", id},
                    {"Content-Type", "application/json"},
                    {"X-Hub-Signature-256", webhooks::Sign(body, kSecret)}};
    return call;
  }

  size_t Runs() { return store_->Recent("", 100).size(); }

  runtime::base::TemporaryDirectory directory_;
  runtime::base::StateDir state_;
  std::unique_ptr<RunStore> store_;
  Config config_;
  int accepted_ = 0;
  WebhookEndpoint endpoint_;
};

TEST_F(WebhookEndpointTest, ASignedPushIsStoredBeforeItIsAnswered) {
  const HttpReply reply = endpoint_.Handle(Signed(Push()));
  EXPECT_EQ(reply.status, 202);
  ASSERT_EQ(Runs(), 1u);
  const StoredRun run = store_->Recent("", 1)[0];
  EXPECT_EQ(run.state, RunState::kQueued);
  EXPECT_EQ(run.event.clone_url, "https://example.org/r.git");
  EXPECT_EQ(reply.headers[0].second, "https://ci.example.org/runs/" + run.id);
  EXPECT_EQ(accepted_, 1);
}

TEST_F(WebhookEndpointTest, AnUnsignedOrWronglySignedDeliveryStartsNothing) {
  HttpCall call = Signed(Push());
  call.body += " ";
  EXPECT_EQ(endpoint_.Handle(call).status, 401);
  call.headers.pop_back();
  EXPECT_EQ(endpoint_.Handle(call).status, 401);
  EXPECT_EQ(endpoint_.Screen(call)->status, 401);
  call.headers.emplace_back("X-Hub-Signature", "sha1=" + std::string(40, 'a'));
  EXPECT_EQ(endpoint_.Screen(call)->status, 401);
  EXPECT_EQ(Runs(), 0u);
}

TEST_F(WebhookEndpointTest, AReplayedDeliveryStartsOneRun) {
  EXPECT_EQ(endpoint_.Handle(Signed(Push())).status, 202);
  EXPECT_EQ(endpoint_.Handle(Signed(Push())).status, 200);
  EXPECT_EQ(Runs(), 1u);
  EXPECT_EQ(accepted_, 1);
}

TEST_F(WebhookEndpointTest, OnlyConfiguredRepositoriesRun) {
  const HttpReply reply = endpoint_.Handle(Signed(Push("evil/repo")));
  EXPECT_EQ(reply.status, 202);
  EXPECT_NE(reply.body.find("evil/repo isn't in"), std::string::npos);
  EXPECT_EQ(Runs(), 0u);
}

TEST_F(WebhookEndpointTest, TheConfiguredCloneUrlWins) {
  endpoint_.Handle(Signed(Push("pie/mirror")));
  ASSERT_EQ(Runs(), 1u);
  EXPECT_EQ(store_->Recent("", 1)[0].event.clone_url, "file:///srv/git/m.git");
}

TEST_F(WebhookEndpointTest, AnIgnoredDeliveryMayBeSentAgain) {
  EXPECT_EQ(endpoint_.Handle(Signed(Push("pie/hubot", "file:///etc"))).status, 202);
  EXPECT_EQ(Runs(), 0u);
  EXPECT_EQ(endpoint_.Handle(Signed(Push())).status, 202);
  EXPECT_EQ(Runs(), 1u);
}

TEST_F(WebhookEndpointTest, AnswersPingAndWhatItDoesNotKnow) {
  EXPECT_EQ(endpoint_.Handle(Signed("{}", "d1", "ping")).status, 200);
  EXPECT_EQ(endpoint_.Handle(Signed("{}", "d1", "star")).status, 202);
  EXPECT_EQ(endpoint_.Handle(Signed("{", "d1", "push")).status, 400);
  HttpCall call = Signed(Push(), "not a token");
  EXPECT_EQ(endpoint_.Handle(call).status, 400);
  EXPECT_EQ(Runs(), 0u);
}

}  // namespace
}  // namespace runner::serve
