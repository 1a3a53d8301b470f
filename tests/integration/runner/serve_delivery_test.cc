// Deliveries to the real server that must start nothing.
#include "tests/integration/runner/serve_fixture.h"
#include "webhooks/signature.h"

namespace runner {
namespace {

using testing::HasSubstr;
using tests::Ask;

// The text with `from` replaced, where it must be.
std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << text;
  return text.replace(at, from.size(), to);
}

class ServeDelivery : public ServeTest {
 protected:
  ServeDelivery() {
    work_.Write(".runner.yml", kOneStep);
    work_.Commit("Greet the world");
    Push("main");  // no server yet: only the commit arrives
    StartServer();
  }
};

TEST_F(ServeDelivery, WhatIsNotSignedWithTheSecretIsAnswered401AndStartsNothing) {
  const std::string good = Delivery("d1");
  const std::string signature = webhooks::Sign(PushPayload(), serve::kTestSecret);
  const std::string header = "X-Hub-Signature-256: " + signature + "\r\n";
  const std::vector<std::string> copies = {
      With(good, header, ""),                           // unsigned
      Delivery("d1", "another secret"),                 // signed with another secret
      With(good, header, "X-Hub-Signature-256: \r\n"),  // empty
      With(good, "X-Hub-Signature-256: sha256=", "X-Hub-Signature: sha1="),
      With(good, header, "X-Hub-Signature: sha1=" + std::string(40, 'a') + "\r\n"),
      With(good, signature, signature.substr(0, signature.size() - 1)),  // 63 digits
      With(good, header, header + header),                               // twice
      With(good, "Greet", "Great"),                                      // another body
  };
  for (const std::string& copy : copies) {
    EXPECT_EQ(Ask(address_, copy).status, 401) << copy;
  }
  EXPECT_EQ(CountRuns(), 0u);
  // The very delivery, signed: none of the copies used up its id.
  EXPECT_EQ(Ask(address_, good).status, 202);
  EXPECT_EQ(github_.Await(2).size(), 2u);
  EXPECT_EQ(CountRuns(), 1u);
}

TEST_F(ServeDelivery, TheSameDeliveryRunsOnce) {
  const auto first = Ask(address_, Delivery("d1"));
  EXPECT_EQ(first.status, 202);
  const auto second = Ask(address_, Delivery("d1"));
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(second.body, HasSubstr("ignored"));
  EXPECT_EQ(github_.Await(2).size(), 2u);
  EXPECT_EQ(CountRuns(), 1u);
  // Also after a restart.
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0);
  StartServer();
  EXPECT_EQ(Ask(address_, Delivery("d1")).status, 200);
  EXPECT_EQ(CountRuns(), 1u);
}

TEST_F(ServeDelivery, APingIsAnswered) {
  const auto answer =
      Ask(address_, With(Delivery("d1"), "X-GitHub-Event: push", "X-GitHub-Event: ping"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("ping"));
  EXPECT_EQ(CountRuns(), 0u);
}

TEST_F(ServeDelivery, ARepositoryThatIsNotConfiguredIsIgnored) {
  const auto answer =
      Ask(address_, serve::DeliveryRequest(PushPayload("eve/hubot"), "d1", serve::kTestSecret));
  EXPECT_EQ(answer.status, 202);
  EXPECT_THAT(answer.body, HasSubstr("ignored"));
  EXPECT_EQ(CountRuns(), 0u);
}

TEST_F(ServeDelivery, ACommitThatTheRepositoryDoesNotHaveIsAnError) {
  const std::string body =
      With(PushPayload(), "\"after\":\"" + head(), "\"after\":\"" + std::string(40, '7'));
  EXPECT_EQ(Ask(address_, serve::DeliveryRequest(body, "d1")).status, 202);
  const auto statuses = github_.Await(1);
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_THAT(statuses[0], testing::StartsWith("error runner/hubot: errored: step \"clone\": "));
}

}  // namespace
}  // namespace runner
