#include "webhooks/status_outbox.h"

#include <gtest/gtest.h>

#include <semaphore>
#include <stop_token>

#include "tests/unit/webhooks/fake_transport.h"

namespace webhooks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

CommitStatus Status(CommitState state) {
  CommitStatus status;
  status.repository = "pie/hubot";
  status.commit = std::string(40, 'a');
  status.state = state;
  status.context = "runner/ci";
  return status;
}

TEST(StatusOutbox, SendsInOrder) {
  FakeTransport transport;
  const GithubStatusClient client(transport, {});
  std::vector<std::string> ended;
  StatusOutbox outbox(client, [&](const CommitStatus& status, const std::string& run_id,
                                  const std::string& problem) {
    ended.push_back(run_id + " " + std::string(ToString(status.state)) + problem);
  });
  outbox.Add("1", Status(CommitState::kPending));
  outbox.Add("1", Status(CommitState::kSuccess));
  EXPECT_TRUE(outbox.Drain(seconds(30)));
  EXPECT_EQ(ended, (std::vector<std::string>{"1 pending", "1 success"}));
  EXPECT_EQ(transport.requests.size(), 2u);
}

TEST(StatusOutbox, ANewerStatusEndsTheRetriesOfAnOlderOne) {
  FakeTransport transport;
  transport.answers = {{.status = 503, .headers = {}, .body = ""}};
  const GithubStatusClient client(transport, {.api = "http://localhost",
                                              .token = "t",
                                              .first_delay = std::chrono::hours(1),
                                              .max_delay = std::chrono::hours(1)});
  std::vector<std::string> ended;
  StatusOutbox outbox(client, [&](const CommitStatus&, const std::string&,
                                  const std::string& problem) { ended.push_back(problem); });
  outbox.Add("1", Status(CommitState::kPending));
  outbox.Add("1", Status(CommitState::kSuccess));
  EXPECT_TRUE(outbox.Drain(seconds(30)));
  EXPECT_EQ(ended, (std::vector<std::string>{"HTTP status 503", ""}));
}

TEST(StatusOutbox, StopsWhileARetryWaits) {
  FakeTransport transport;
  transport.answers = {{.status = 503, .headers = {}, .body = ""}};
  const GithubStatusClient client(transport, {.api = "http://localhost",
                                              .token = "t",
                                              .first_delay = std::chrono::hours(1),
                                              .max_delay = std::chrono::hours(1)});
  bool ended = false;
  {
    StatusOutbox outbox(client, [&](const auto&, const auto&, const auto&) { ended = true; });
    outbox.Add("1", Status(CommitState::kPending));
    EXPECT_FALSE(outbox.Drain(milliseconds(50)));
  }
  EXPECT_FALSE(ended);
}

// Never answers; a stop ends the request.
class SilentTransport : public runtime::base::HttpTransport {
 public:
  runtime::base::HttpResponse Send(const runtime::base::HttpRequest& request) override {
    asked.release();
    std::binary_semaphore stopped(0);
    const std::stop_callback wake(request.stop, [&] { stopped.release(); });
    stopped.acquire();
    throw runtime::base::Error(runtime::base::ErrorKind::kCancelled, "cancelled");
  }
  std::counting_semaphore<> asked{0};
};

TEST(StatusOutbox, StopsWhileGithubIsSilent) {
  SilentTransport transport;
  const GithubStatusClient client(transport, {.api = "http://localhost", .token = "t"});
  bool ended = false;
  {
    StatusOutbox outbox(client, [&](const auto&, const auto&, const auto&) { ended = true; });
    outbox.Add("1", Status(CommitState::kPending));
    transport.asked.acquire();
  }
  EXPECT_FALSE(ended);
  EXPECT_FALSE(transport.asked.try_acquire()) << "it was sent again";
}

}  // namespace
}  // namespace webhooks
