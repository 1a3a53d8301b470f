// Requests that other servers were found to read in two ways (SECURITY "smuggling").
#include <gtest/gtest.h>

#include "tests/support/raw_client.h"
#include "tests/unit/runner/serve/echo_server.h"

namespace runner::serve {
namespace {

using tests::Ask;
using tests::RawClient;

// Sends everything, and answers how many responses came before the server closed.
int ResponsesTo(const EchoServer& echo, const std::string& bytes) {
  RawClient client(echo.address);
  client.Send(bytes);
  const std::string all = client.ReadToEnd();
  int count = 0;
  for (size_t at = all.find("HTTP/1.1 "); at != std::string::npos;
       at = all.find("HTTP/1.1 ", at + 1)) {
    ++count;
  }
  return count;
}

const char kSmuggled[] = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

// The one answer is 400, the connection is closed, and nothing reached the handler.
void ExpectRefused(const std::string& bytes) {
  EchoServer echo;
  EXPECT_EQ(Ask(echo.address, bytes).status, 400) << bytes.substr(0, 200);
  EXPECT_EQ(ResponsesTo(echo, bytes), 1) << bytes.substr(0, 200);
  EXPECT_TRUE(echo.handler.calls().empty()) << bytes.substr(0, 200);
}

TEST(HttpServerAbuse, TwoContentLengths) {
  ExpectRefused(PostOf("Content-Length: 0\r\nContent-Length: 38\r\n", kSmuggled));
  ExpectRefused(
      PostOf("Content-Length: 5\r\nContent-Length: 5\r\n", std::string("hello") + kSmuggled));
  ExpectRefused(PostOf("Content-Length: 5, 5\r\n", std::string("hello") + kSmuggled));
}

TEST(HttpServerAbuse, ContentLengthAndChunked) {
  ExpectRefused(PostOf("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                       std::string("0\r\n\r\n") + kSmuggled));
  ExpectRefused(PostOf("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                       std::string("0\r\n\r\n") + kSmuggled));
}

TEST(HttpServerAbuse, OtherTransferEncodings) {
  for (const char* value :
       {"gzip, chunked", "chunked, chunked", "identity", "xchunked", "chunked;x"}) {
    ExpectRefused(PostOf("Transfer-Encoding: " + std::string(value) + "\r\n",
                         std::string("0\r\n\r\n") + kSmuggled));
  }
}

TEST(HttpServerAbuse, ABodyOnGet) {
  ExpectRefused("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 38\r\n\r\n" + std::string(kSmuggled));
  ExpectRefused("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                std::string(kSmuggled));
}

TEST(HttpServerAbuse, OddChunkSizes) {
  for (const char* size : {"-2", "+5", "0x5", " 5", "", "g", "5 5", "10000000000000005",
                           "fffffffffffffffff", "5\n", "5\r"}) {
    ExpectRefused(PostOf("Transfer-Encoding: chunked\r\n",
                         std::string(size) + "\r\nhello\r\n0\r\n\r\n" + kSmuggled));
  }
}

TEST(HttpServerAbuse, AChunkThatIsLongerThanItsSize) {
  ExpectRefused(PostOf("Transfer-Encoding: chunked\r\n", "3\r\nhello\r\n0\r\n\r\n"));
}

TEST(HttpServerAbuse, BareLineFeeds) {
  ExpectRefused("GET / HTTP/1.1\nHost: a\n\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  ExpectRefused("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n");
}

TEST(HttpServerAbuse, OtherProtocols) {
  EchoServer echo;
  EXPECT_EQ(Ask(echo.address, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 400);
  EXPECT_EQ(Ask(echo.address, std::string("\x16\x03\x01\x02\x00\r\n\r\n", 9)).status, 400);
}

TEST(HttpServerAbuse, ACompressedBodyStaysCompressed) {
  EchoServer echo;
  const std::string gzip("\x1f\x8b\x08\x00", 4);
  const auto answer =
      Ask(echo.address, PostOf("Content-Encoding: gzip\r\nContent-Length: 4\r\n", gzip));
  EXPECT_EQ(answer.body, "POST / " + gzip);
}

TEST(HttpServerAbuse, RandomChangesNeverStopIt) {
  HttpServerOptions options;
  options.request_deadline = std::chrono::milliseconds(50);
  EchoServer echo(options);
  const std::string seed =
      PostOf("Transfer-Encoding: chunked\r\nX-A: b\r\n", "5\r\nhello\r\n0\r\n\r\n");
  uint32_t random = 12345;
  const auto next = [&random](size_t bound) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % bound;
  };
  for (int i = 0; i < 300; ++i) {
    std::string bytes = seed + seed;
    for (size_t changes = 1 + next(4); changes > 0; --changes) {
      const size_t at = next(bytes.size());
      switch (next(3)) {
        case 0:
          bytes[at] = static_cast<char>(next(256));
          break;
        case 1:
          bytes.erase(at, 1 + next(8));
          break;
        default:
          bytes.insert(at, seed.substr(next(seed.size()), next(16)));
      }
    }
    RawClient client(echo.address);
    client.Send(bytes);
    client.FinishSending();
    client.ReadToEnd();
  }
  EXPECT_EQ(Ask(echo.address, kGet).status, 200);
}

}  // namespace
}  // namespace runner::serve
