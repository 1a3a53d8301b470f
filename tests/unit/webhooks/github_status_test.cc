#include "webhooks/github_status.h"

#include <gtest/gtest.h>

#include "tests/unit/webhooks/fake_transport.h"

namespace webhooks {
namespace {

using runtime::base::HttpResponse;
using std::chrono::milliseconds;

constexpr char kCommit[] = "0123456789abcdef0123456789abcdef01234567";

class GithubStatus : public ::testing::Test {
 protected:
  std::string Send() {
    const GithubStatusClient client(transport_, {.api = "https://api.example.org/v3",
                                                 .token = "t0ken",
                                                 .attempts = 3,
                                                 .first_delay = milliseconds(100),
                                                 .max_delay = milliseconds(5'000)});
    CommitStatus status;
    status.repository = "pie/hubot";
    status.commit = kCommit;
    status.state = CommitState::kSuccess;
    status.context = "runner/ci";
    status.description = "passed";
    status.target_url = "https://ci.example.org/runs/1";
    return client.Send(status, [this](milliseconds delay) {
      delays_.push_back(delay);
      return true;
    });
  }

  FakeTransport transport_;
  std::vector<milliseconds> delays_;
};

TEST_F(GithubStatus, SendsWhatGithubAsksFor) {
  EXPECT_EQ(Send(), "");
  ASSERT_EQ(transport_.requests.size(), 1u);
  const auto& request = transport_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url,
            std::string("https://api.example.org/v3/repos/pie/hubot/statuses/") + kCommit);
  EXPECT_EQ(request.body, R"({"context":"runner/ci","description":"passed","state":"success",)"
                          R"("target_url":"https://ci.example.org/runs/1"})");
  std::map<std::string, std::string> headers(request.headers.begin(), request.headers.end());
  EXPECT_EQ(headers["Authorization"], "Bearer t0ken");
  EXPECT_EQ(headers["X-GitHub-Api-Version"], "2022-11-28");
  EXPECT_NE(headers["User-Agent"], "");
  EXPECT_NE(headers["Accept"].find("application/vnd.github+json"), std::string::npos);
}

TEST_F(GithubStatus, TriesAgainWithGrowingDelaysAndThenGivesUp) {
  transport_.answers = {{.status = 0, .headers = {}, .body = ""},
                        {.status = 502, .headers = {}, .body = ""},
                        {.status = 503, .headers = {}, .body = ""}};
  EXPECT_EQ(Send(), "HTTP status 503");
  EXPECT_EQ(delays_, (std::vector{milliseconds(100), milliseconds(200)}));
}

TEST_F(GithubStatus, WaitsAsLongAsRetryAfterSaysButNotLongerThanTheBound) {
  transport_.answers = {{.status = 429, .headers = {{"Retry-After", "2"}}, .body = ""},
                        {.status = 403, .headers = {{"retry-after", "3600"}}, .body = ""}};
  EXPECT_EQ(Send(), "");
  EXPECT_EQ(delays_, (std::vector{milliseconds(2'000), milliseconds(5'000)}));
}

TEST_F(GithubStatus, DoesNotRepeatWhatGithubRefused) {
  for (const int status : {400, 401, 403, 404, 422}) {
    transport_.requests.clear();
    transport_.answers = {{.status = status, .headers = {}, .body = "no\x1b[0m"}};
    const std::string problem = Send();
    EXPECT_NE(problem.find(std::to_string(status)), std::string::npos);
    EXPECT_EQ(problem.find('\x1b'), std::string::npos);
    EXPECT_EQ(transport_.requests.size(), 1u);
  }
}

TEST_F(GithubStatus, FollowsARenamedRepositoryOnTheSameHostOnly) {
  transport_.answers = {
      {.status = 307, .headers = {{"Location", "https://api.example.org/v3/x"}}, .body = ""}};
  EXPECT_EQ(Send(), "");
  ASSERT_EQ(transport_.requests.size(), 2u);
  EXPECT_EQ(transport_.requests[1].url, "https://api.example.org:443/v3/x");

  for (const char* elsewhere :
       {"https://evil.example.org/x", "http://api.example.org/v3/x", "file:///etc/passwd"}) {
    transport_.requests.clear();
    transport_.answers = {{.status = 307, .headers = {{"Location", elsewhere}}, .body = ""}};
    EXPECT_NE(Send(), "");
    EXPECT_EQ(transport_.requests.size(), 1u) << elsewhere;
  }
}

TEST_F(GithubStatus, EndsAnEndlessRedirect) {
  for (int i = 0; i < 50; ++i) {
    transport_.answers.push_back(
        {.status = 301, .headers = {{"Location", "https://api.example.org/v3/x"}}, .body = ""});
  }
  EXPECT_NE(Send(), "");
  EXPECT_LE(transport_.requests.size(), 4u);
}

}  // namespace
}  // namespace webhooks
