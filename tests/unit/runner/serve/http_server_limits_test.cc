// Clients that take more time, memory or connections than they may.
#include <gtest/gtest.h>

#include <fstream>
#include <list>

#include "tests/support/raw_client.h"
#include "tests/unit/runner/serve/echo_server.h"

namespace runner::serve {
namespace {

using std::chrono::milliseconds;
using tests::Ask;
using tests::RawClient;

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t pages = 0;
  statm >> pages >> pages;
  return pages * 4096;
}

TEST(HttpServerLimits, AHeadWithoutAnEnd) {
  EchoServer echo;
  EXPECT_EQ(Ask(echo.address, "GET /" + std::string(1u << 20, 'a')).status, 431);
  std::string headers;
  for (int i = 0; i < 100'000; ++i) {
    headers += "X: 1\r\n";
  }
  EXPECT_EQ(Ask(echo.address, "GET / HTTP/1.1\r\n" + headers).status, 431);
}

TEST(HttpServerLimits, ALongRequestLine) {
  EchoServer echo;
  EXPECT_EQ(
      Ask(echo.address, "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n").status,
      414);
}

TEST(HttpServerLimits, ABodyThatSaysItIsTooLong) {
  EchoServer echo;
  for (const char* length : {"27262977", "18446744073709551615"}) {
    RawClient client(echo.address);
    client.Send(PostOf("Content-Length: " + std::string(length) + "\r\n"));
    EXPECT_EQ(client.Read().status, 413);
  }
  EXPECT_TRUE(echo.handler.calls().empty());
}

TEST(HttpServerLimits, AChunkedBodyWithoutAnEnd) {
  HttpServerOptions options;
  options.body_bytes = 1u << 20;
  EchoServer echo(options);
  const uint64_t before = ResidentBytes();
  RawClient client(echo.address);
  client.Send(PostOf("Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'a') + "\r\n";
  for (int i = 0; i < 1'000; ++i) {
    if (!client.Send(chunk)) {
      break;
    }
  }
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_LT(ResidentBytes(), before + (16u << 20));
  EXPECT_EQ(Ask(echo.address, PostOf("Transfer-Encoding: chunked\r\n", "7fffffff\r\n")).status,
            413);
}

TEST(HttpServerLimits, AChunkExtensionOrTrailerWithoutAnEnd) {
  EchoServer echo;
  for (const char* begin : {"1;", "0\r\nX: "}) {
    RawClient client(echo.address);
    client.Send(PostOf("Transfer-Encoding: chunked\r\n", begin + std::string(1u << 20, 'a')));
    EXPECT_EQ(client.Read().status, 400) << begin;
  }
}

TEST(HttpServerLimits, SlowClientsAreClosedWhileOthersAreServed) {
  HttpServerOptions options;
  options.request_deadline = milliseconds(300);
  EchoServer echo(options);
  std::list<RawClient> slow;
  for (int i = 0; i < 40; ++i) {
    slow.emplace_back(echo.address);
    slow.back().Send(i % 2 == 0 ? "GET / HTTP/1.1\r\nX" : PostOf("Content-Length: 9\r\n", "a"));
  }
  EXPECT_EQ(Ask(echo.address, kGet).status, 200);
  // A byte now and then doesn't move the deadline: they all end, though they keep on sending.
  for (RawClient& client : slow) {
    client.Send("b");
  }
  for (RawClient& client : slow) {
    EXPECT_TRUE(client.AwaitClose());
  }
}

TEST(HttpServerLimits, AClientThatReadsNothingIsClosed) {
  HttpServerOptions options;
  options.write_deadline = milliseconds(200);
  options.idle_deadline = milliseconds(200);
  EchoServer echo(options);
  RawClient client(echo.address);
  const std::string body(8u << 20, 'a');
  // More than the kernel buffers: the server can't write all of it.
  bool open = true;
  for (int i = 0; i < 20 && open; ++i) {
    open = client.Send(PostOf("Content-Length: " + std::to_string(body.size()) + "\r\n", body));
  }
  EXPECT_FALSE(open);
}

TEST(HttpServerLimits, AnIdleConnectionIsClosed) {
  HttpServerOptions options;
  options.idle_deadline = milliseconds(100);
  EchoServer echo(options);
  RawClient client(echo.address);
  client.Send(kGet);
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(client.AwaitClose());
}

TEST(HttpServerLimits, IdleStrangersLockNobodyOut) {
  HttpServerOptions options;
  options.connections = 100;
  options.request_deadline = std::chrono::hours(1);
  EchoServer echo(options);
  std::list<RawClient> idle;
  for (int i = 0; i < 400; ++i) {
    idle.emplace_back(echo.address);
  }
  EXPECT_EQ(Ask(echo.address, kGet).status, 200);
  EXPECT_TRUE(idle.front().AwaitClose());  // the oldest had to go
}

TEST(HttpServerLimits, OneAddressHasItsShare) {
  HttpServerOptions options;
  options.connections_per_peer = 5;
  options.idle_deadline = std::chrono::hours(1);
  options.loopback_is_a_proxy = false;
  EchoServer echo(options);
  std::list<RawClient> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back(echo.address);
    clients.back().Send(kGet);
    EXPECT_EQ(clients.back().Read().status, 200);
  }
  EXPECT_TRUE(clients.front().AwaitClose());
}

TEST(HttpServerLimits, ARequestThatIsHandledKeepsItsConnection) {
  HttpServerOptions options;
  options.connections = 2;
  options.request_deadline = milliseconds(100);
  EchoServer echo(options);
  RawClient working(echo.address);
  working.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  echo.handler.AwaitWaiting(1);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Ask(echo.address, kGet).status, 200);
  }
  echo.handler.Release();
  EXPECT_EQ(working.Read().status, 200);
}

TEST(HttpServerLimits, AllBodiesTogetherAreBounded) {
  HttpServerOptions options;
  options.all_bodies_bytes = 3u << 20;
  EchoServer echo(options);
  const std::string half(2u << 20, 'a');
  RawClient first(echo.address);
  first.Send(PostOf("Content-Length: 4194304\r\n", half));
  RawClient second(echo.address);
  second.Send(PostOf("Content-Length: 4194304\r\n", half));
  EXPECT_EQ(second.Read().status, 503);
  first.Send(half.substr(0, 1));
  EXPECT_EQ(Ask(echo.address, PostOf("Content-Length: 5\r\n", "hello")).status, 200);
}

}  // namespace
}  // namespace runner::serve
