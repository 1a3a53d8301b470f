#include "runner/serve/http_head.h"

#include <gtest/gtest.h>

namespace runner::serve {
namespace {

std::variant<RequestHead, HeadError> Parse(const std::string& head) { return ParseHead(head, {}); }

int StatusOf(const std::string& head) {
  const auto parsed = Parse(head);
  const auto* error = std::get_if<HeadError>(&parsed);
  return error == nullptr ? 200 : error->status;
}

std::string Post(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

TEST(HttpHead, ReadsAnOrdinaryRequest) {
  const auto parsed = Parse(
      "POST /a?b=c HTTP/1.1\r\nHost: a\r\nX-One:  two words \t\r\ncontent-length: 12\r\n\r\n");
  ASSERT_TRUE(std::holds_alternative<RequestHead>(parsed));
  const auto& head = std::get<RequestHead>(parsed);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b=c");
  EXPECT_EQ(head.headers[1], (std::pair<std::string, std::string>("X-One", "two words")));
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_FALSE(head.chunked);
  EXPECT_TRUE(head.keep_alive);
}

TEST(HttpHead, KeepsAnEncodedLineEndAsText) {
  const auto head =
      std::get<RequestHead>(Parse("GET / HTTP/1.1\r\nHost: a\r\nX: a%0d%0aY: b\r\n\r\n"));
  ASSERT_EQ(head.headers.size(), 2u);
  EXPECT_EQ(head.headers[1].second, "a%0d%0aY: b");
}

TEST(HttpHead, KnowsHowTheConnectionGoesOn) {
  EXPECT_FALSE(std::get<RequestHead>(Parse(Post("Connection: Close\r\n"))).keep_alive);
  EXPECT_FALSE(std::get<RequestHead>(Parse("GET / HTTP/1.0\r\n\r\n")).keep_alive);
  EXPECT_TRUE(std::get<RequestHead>(Parse(Post("Expect: 100-Continue\r\n"))).expects_continue);
  EXPECT_EQ(StatusOf(Post("Expect: miracles\r\n")), 417);
}

TEST(HttpHead, TakesOneContentLengthOfDigits) {
  EXPECT_EQ(StatusOf(Post("Content-Length: 0\r\n")), 200);
  for (const char* value : {"", "-1", "+1", "0x5", "1 1", "1,1", "1, 1", "18446744073709551616",
                            "1.", "\xc2\xb2", "5;"}) {
    EXPECT_EQ(StatusOf(Post("Content-Length: " + std::string(value) + "\r\n")), 400) << value;
  }
  EXPECT_EQ(StatusOf(Post("Content-Length: 5\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(StatusOf(Post("Content-Length: 5\r\ncontent-length: 6\r\n")), 400);
}

TEST(HttpHead, TakesChunkedAloneAndNothingElse) {
  EXPECT_TRUE(std::get<RequestHead>(Parse(Post("Transfer-Encoding: Chunked\r\n"))).chunked);
  for (const char* value : {"", "gzip, chunked", "chunked, chunked", "chunked, identity",
                            "identity", "xchunked", "chunked;q=1", "\"chunked\""}) {
    EXPECT_EQ(StatusOf(Post("Transfer-Encoding: " + std::string(value) + "\r\n")), 400) << value;
  }
  EXPECT_EQ(StatusOf(Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(HttpHead, RefusesTwoWaysToSayTheLength) {
  EXPECT_EQ(StatusOf(Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf(Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(StatusOf(Post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")), 400);
}

TEST(HttpHead, RefusesWhatReadersDisagreeAbout) {
  for (const std::string& headers :
       {std::string("Content-Length : 5\r\n"), std::string(" Content-Length: 5\r\n"),
        std::string("X: a\r\n folded\r\n"), std::string("X: a\nContent-Length: 5\r\n"),
        std::string("X: a\rContent-Length: 5\r\n"), std::string("X: a\0b\r\n", 8),
        std::string("X: \x7f\r\n"), std::string(": a\r\n"), std::string("no colon\r\n"),
        std::string("X\x01: a\r\n"), std::string("Content\xc2\xad-Length: 5\r\n")}) {
    EXPECT_EQ(StatusOf(Post(headers)), 400) << headers;
  }
}

TEST(HttpHead, RefusesBrokenRequestLines) {
  for (const char* line :
       {"", " ", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1",
        "GET a HTTP/1.1", "GET http://a/ HTTP/1.1", "GET * HTTP/1.1", "G(T / HTTP/1.1",
        "GET /\x01 HTTP/1.1", "GET /\xc3\xa9 HTTP/1.1", "GET /#a HTTP/1.1", "\tGET / HTTP/1.1"}) {
    EXPECT_EQ(StatusOf(std::string(line) + "\r\nHost: a\r\n\r\n"), 400) << line;
  }
  EXPECT_EQ(StatusOf("PRI / HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf("GET / http/1.1\r\nHost: a\r\n\r\n"), 505);
}

TEST(HttpHead, NeedsExactlyOneHost) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400);
}

TEST(HttpHead, HasBounds) {
  EXPECT_EQ(StatusOf("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414);
  EXPECT_EQ(StatusOf(Post("X: " + std::string(17'000, 'a') + "\r\n")), 431);
  std::string many;
  for (int i = 0; i < 63; ++i) {
    many += "X: 1\r\n";
  }
  EXPECT_EQ(StatusOf(Post(many)), 200);
  EXPECT_EQ(StatusOf(Post(many + "X: 1\r\n")), 431);
}

}  // namespace
}  // namespace runner::serve
