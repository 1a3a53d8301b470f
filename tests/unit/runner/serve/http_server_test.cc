#include "runner/serve/http_server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "runtime/base/files.h"
#include "tests/support/raw_client.h"
#include "tests/unit/runner/serve/echo_server.h"

namespace runner::serve {
namespace {

using tests::Ask;
using tests::RawClient;

TEST(HttpServer, AnswersWithWhatTheHandlerSays) {
  EchoServer echo;
  const auto answer = Ask(echo.address, PostOf("Content-Length: 5\r\n", "hello"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST / hello");
  EXPECT_EQ(echo.handler.calls()[0].peer, "127.0.0.1");
  EXPECT_EQ(echo.handler.calls()[0].Header("hOST"), "a");
}

TEST(HttpServer, ReadsAChunkedBody) {
  EchoServer echo;
  const auto answer =
      Ask(echo.address, PostOf("Transfer-Encoding: chunked\r\n",
                               "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nX-Late: 1\r\n\r\n"));
  EXPECT_EQ(answer.body, "POST / hello");
  EXPECT_FALSE(echo.handler.calls()[0].Header("X-Late"));
}

TEST(HttpServer, KeepsAConnectionForTheNextRequest) {
  EchoServer echo;
  RawClient client(echo.address);
  for (int i = 0; i < 3; ++i) {
    client.Send(PostOf("Content-Length: 1\r\n", std::to_string(i)));
    EXPECT_EQ(client.Read().body, "POST / " + std::to_string(i));
  }
  client.Send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.ReadToEnd().find("GET /last"), std::string::npos);
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  EchoServer echo;
  RawClient client(echo.address);
  client.Send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + PostOf("Content-Length: 3\r\n", "two") +
              "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Read().body, "GET /1 ");
  EXPECT_EQ(client.Read().body, "POST / two");
  EXPECT_EQ(client.Read().body, "GET /3 ");
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  EchoServer echo;
  RawClient client(echo.address);
  client.Send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.Read(true).head.find("Content-Length: 8\r\n"), std::string::npos);
  client.Send(kGet);
  EXPECT_EQ(client.Read().body, "GET / ");
}

TEST(HttpServer, ARefusalAfterHeadHasItsBody) {
  EchoServer echo;
  RawClient client(echo.address);
  client.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.Read(true);
  client.Send("nonsense\r\n\r\n");
  EXPECT_EQ(client.Read().body, "no valid request line\n");
}

TEST(HttpServer, TellsAClientThatAsksToSendItsBody) {
  EchoServer echo;
  RawClient client(echo.address);
  client.Send(PostOf("Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Read().status, 100);
  client.Send("ok");
  EXPECT_EQ(client.Read().body, "POST / ok");
}

TEST(HttpServer, TurnsARequestAwayBeforeItsBody) {
  EchoServer echo;
  RawClient client(echo.address);
  client.Send(
      "POST /turned-away HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().status, 401);
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(echo.handler.calls().empty());
}

TEST(HttpServer, GoesOnAfterItTurnedARequestWithoutABodyAway) {
  EchoServer echo;
  RawClient client(echo.address);
  client.Send("GET /turned-away HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Read().status, 401);
  client.Send(kGet);
  EXPECT_EQ(client.Read().body, "GET / ");
}

TEST(HttpServer, SendsTheSecurityHeadersWithEveryAnswer) {
  EchoServer echo;
  for (const std::string& request :
       {std::string(kGet), std::string("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("nonsense\r\n\r\n")}) {
    const auto answer = Ask(echo.address, request);
    for (const char* header :
         {"Content-Security-Policy: default-src 'none'", "frame-ancestors 'none'",
          "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer"}) {
      EXPECT_NE(answer.head.find(header), std::string::npos) << header << answer.head;
    }
  }
}

TEST(HttpServer, HidesWhatAHandlerThrows) {
  EchoServer echo;
  const auto answer = Ask(echo.address, "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ((answer.head + answer.body).find("secret"), std::string::npos);
}

TEST(HttpServer, LeavesOutAHeaderThatWouldForgeALine) {
  EchoServer echo;
  const auto answer = Ask(echo.address, "GET /inject HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.head.find("X-Evil"), std::string::npos);
  EXPECT_NE(answer.head.find("X-Good: 1"), std::string::npos);
}

TEST(HttpServer, FinishesARunningRequestWhenItStops) {
  auto echo = std::make_unique<EchoServer>();
  RawClient client(echo->address);
  client.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  echo->handler.AwaitWaiting(1);
  EchoHandler& handler = echo->handler;
  std::thread stopper([&] { echo.reset(); });
  handler.Release();
  EXPECT_EQ(client.Read().body, "GET /wait ");
  stopper.join();
}

TEST(HttpServer, ListensOnAUnixSocketAndReplacesADeadOne) {
  const runtime::base::TemporaryDirectory directory("/tmp", "serve");
  const std::string address = "unix:" + (directory.path() / "s").native();
  EchoHandler handler;
  for (int i = 0; i < 2; ++i) {  // the first leaves its socket behind
    HttpServer server(Listen(*ParseListenAddress(address)), handler, {});
    EXPECT_EQ(server.address(), address);
    EXPECT_EQ(Ask(address, kGet).status, 200);
    EXPECT_THROW(Listen(*ParseListenAddress(address)), runtime::base::Error);
  }
  EXPECT_EQ(handler.calls()[0].peer, "unix");
}

TEST(HttpServer, SaysWhichAddressIsTaken) {
  EchoServer echo;
  try {
    Listen(*ParseListenAddress(echo.address));
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_EQ(std::string(e.what()), "listen on " + echo.address + ": Address already in use");
  }
}

}  // namespace
}  // namespace runner::serve
