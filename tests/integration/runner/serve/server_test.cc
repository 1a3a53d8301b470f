// From a signed push to the page and GitHub's commit status, over real sockets.
#include "runner/serve/server.h"

#include <gtest/gtest.h>

#include "runner/run_id.h"
#include "runtime/base/error.h"
#include "tests/integration/runner/serve/server_under_test.h"

namespace runner::serve {
namespace {

using tests::Ask;

TEST(Server, ASignedPushRunsOnceAndGithubIsTold) {
  StandInGithub github;
  ServerHome home;
  const auto server = StartServer(home, github.url());
  const auto answer = Ask(server->address(), DeliveryRequest(PushBody(), "d1"));
  EXPECT_EQ(answer.status, 202);
  const std::string id = RunOf(answer);
  EXPECT_TRUE(IsRunId(id)) << answer.body;

  const auto statuses = github.Await(2);
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0], "pending runner/ci: running");
  EXPECT_EQ(statuses[1].rfind("success runner/ci: passed in ", 0), 0u) << statuses[1];
  for (const HttpCall& call : github.calls()) {
    EXPECT_EQ(call.target, std::string("/repos/pie/hubot/statuses/") + kTestCommit);
    EXPECT_NE(call.body.find("https://ci.example.org/runs/" + id), std::string::npos);
  }
  EXPECT_EQ(home.runs.started(), std::vector{id});
}

TEST(Server, AnUnsignedOrChangedDeliveryStartsNothing) {
  ServerHome home;
  const auto server = StartServer(home);
  const std::string body = PushBody();
  EXPECT_EQ(Ask(server->address(), DeliveryRequest(body, "d1", "")).status, 401);
  EXPECT_EQ(Ask(server->address(), DeliveryRequest(body, "d2", "guess")).status, 401);
  std::string changed = DeliveryRequest(body, "d3");
  changed.replace(changed.find("pie/hubot"), 9, "pie/huboT");
  EXPECT_EQ(Ask(server->address(), changed).status, 401);
  // The one that follows is the only one that ran.
  const std::string id = RunOf(Ask(server->address(), DeliveryRequest(body, "d4")));
  EXPECT_TRUE(AwaitPage(server->address(), "/runs/" + id, "passed"));
  EXPECT_EQ(home.runs.started(), std::vector{id});
}

TEST(Server, AReplayedDeliveryStartsOneRunAlsoAfterARestart) {
  ServerHome home;
  auto server = StartServer(home);
  const std::string request = DeliveryRequest(PushBody(), "d1");
  EXPECT_EQ(Ask(server->address(), request).status, 202);
  EXPECT_EQ(Ask(server->address(), request).status, 200);
  EXPECT_TRUE(home.runs.AwaitStarted(1));
  server = nullptr;
  server = StartServer(home);
  EXPECT_EQ(Ask(server->address(), request).status, 200);
  server->Stop();
  EXPECT_EQ(home.runs.started().size(), 1u);
}

TEST(Server, ShowsRunsStepsLogsAndTests) {
  ServerHome home;
  const auto server = StartServer(home);
  const std::string& at = server->address();
  const std::string id = RunOf(Ask(at, DeliveryRequest(PushBody("<script>x"), "d1")));
  ASSERT_TRUE(AwaitPage(at, "/runs/" + id, "passed"));

  const auto list = Ask(at, GetRequest("/"));
  EXPECT_EQ(list.status, 200);
  EXPECT_NE(list.body.find("/runs/" + id), std::string::npos);
  EXPECT_EQ(list.body.find("<script>"), std::string::npos);
  EXPECT_NE(list.head.find("default-src 'none'"), std::string::npos);

  const auto log = Ask(at, GetRequest("/runs/" + id + "/log/unit%20tests"));
  EXPECT_EQ(log.status, 200);
  EXPECT_NE(log.body.find("hello &lt;b&gt;there"), std::string::npos);

  const auto junit = Ask(at, GetRequest("/runs/" + id + "/junit.xml"));
  EXPECT_EQ(junit.status, 200);
  EXPECT_NE(junit.body.find("<testcase"), std::string::npos);
  EXPECT_NE(junit.head.find("attachment"), std::string::npos);

  EXPECT_EQ(Ask(at, GetRequest("/healthz")).body, "ok\n");
  EXPECT_NE(Ask(at, GetRequest("/style.css")).head.find("text/css"), std::string::npos);
}

TEST(Server, ShowsARunThatWaits) {
  ServerHome home;
  const auto server = StartServer(home, "", 0);
  const std::string id = RunOf(Ask(server->address(), DeliveryRequest(PushBody(), "d1")));
  EXPECT_NE(Ask(server->address(), GetRequest("/")).body.find("/runs/" + id), std::string::npos);
  EXPECT_NE(Ask(server->address(), GetRequest("/runs/" + id)).body.find("queued"),
            std::string::npos);
}

TEST(Server, AnswersNothingElse) {
  ServerHome home;
  const auto server = StartServer(home);
  for (const char* target :
       {"/nothing", "/runs", "/runs/", "/runs/..", "/runs/0123456789abcdef", "/runs//log/x",
        "/runs/%2e%2e%2f%2e%2e%2fetc/log/passwd", "/runs/0123456789abcdef/log/..%2frecord",
        "/webhooks/github", "/runs/%zz", "/runs/0123456789abcdef/log/%00"}) {
    EXPECT_EQ(Ask(server->address(), GetRequest(target)).status, 404) << target;
  }
  EXPECT_EQ(
      Ask(server->address(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status,
      405);
  EXPECT_EQ(Ask(server->address(), "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n").status, 405);
}

TEST(Server, AStopQueuesWhatRunsForTheNextStart) {
  ServerHome home;
  auto server = StartServer(home);
  home.runs.Hold();
  const std::string id = RunOf(Ask(server->address(), DeliveryRequest(PushBody(), "d1")));
  ASSERT_TRUE(home.runs.AwaitStarted(1));
  server->Stop();
  server = nullptr;
  home.runs.Release();
  server = StartServer(home);
  EXPECT_TRUE(home.runs.AwaitStarted(2));
  EXPECT_EQ(home.runs.started(), (std::vector{id, id}));
  EXPECT_TRUE(AwaitPage(server->address(), "/runs/" + id, "passed"));
}

TEST(Server, ARunPassesWhileGithubIsDownAndIsReportedLater) {
  ServerHome home;
  auto server = StartServer(home, "http://127.0.0.1:1");
  const std::string id = RunOf(Ask(server->address(), DeliveryRequest(PushBody(), "d1")));
  EXPECT_TRUE(AwaitPage(server->address(), "/runs/" + id, "passed"));
  server = nullptr;
  StandInGithub github;
  server = StartServer(home, github.url());
  const auto statuses = github.Await(1);
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0].rfind("success runner/ci: passed in ", 0), 0u) << statuses[0];
}

TEST(Server, ASecondServerOnTheSameStateDirectoryIsRefused) {
  ServerHome home;
  const auto server = StartServer(home);
  try {
    StartServer(home);
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_NE(std::string(e.what()).find("another server uses the state directory"),
              std::string::npos);
  }
  EXPECT_EQ(Ask(server->address(), GetRequest("/healthz")).status, 200);
}

}  // namespace
}  // namespace runner::serve
