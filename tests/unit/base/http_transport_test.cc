#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "tests/support/scripted_server.h"

namespace runtime::base {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;
using tests::ScriptedServer;

// Both transports: of programs that are linked dynamically, and of those that are static.
class Transport : public testing::TestWithParam<std::unique_ptr<HttpTransport> (*)()> {
 protected:
  // What Send throws for this request.
  Error Failure(const HttpRequest& request) {
    try {
      transport_->Send(request);
    } catch (const Error& e) {
      return e;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorKind::kInternal, "none");
  }

  Error FailureOf(const ScriptedAnswer& answer, HttpRequest request = {}) {
    ScriptedServer server([&](const ReceivedRequest&) { return answer; });
    request.url = server.url("/x");
    return Failure(request);
  }

  // A stop when the request has arrived; what Send throws then.
  Error FailureAfterStop(const ScriptedAnswer& answer) {
    std::stop_source stop;
    ScriptedServer server([&](const ReceivedRequest&) {
      stop.request_stop();
      return answer;
    });
    HttpRequest request;
    request.url = server.url("/");
    request.max_response_bytes = ~uint64_t{0};
    request.body_sink = [](std::string_view) { return true; };
    request.stop = stop.get_token();
    return Failure(request);
  }

  const std::unique_ptr<HttpTransport> transport_ = GetParam()();
};

TEST_P(Transport, SendsARequestAndReadsItsAnswer) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(201, "done", "X-A: b\r\n"); });
  HttpRequest request;
  request.method = "POST";
  request.url = server.url("/path%20x?q=%2F");
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{}";
  const HttpResponse response = transport_->Send(request);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(response.Header("x-a"), "b");
  EXPECT_FALSE(response.Header("x-b"));
  ASSERT_EQ(server.requests().size(), 1u);
  const ReceivedRequest seen = server.requests()[0];
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/path%20x?q=%2F");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.Header("Content-Type"), "application/json");
  EXPECT_EQ(seen.Header("Host"), server.host());
}

TEST_P(Transport, StreamsBodiesBothWays) {
  std::string sent(3'000'000, 'a');
  sent += "end";
  ScriptedServer server([](const ReceivedRequest& r) { return Answer(200, r.body); });
  HttpRequest request;
  request.method = "PUT";
  request.url = server.url("/");
  request.body_size = sent.size();
  request.body_source = [&](uint64_t offset, size_t most) { return sent.substr(offset, most); };
  std::string received;
  request.body_sink = [&](std::string_view chunk) {
    received += chunk;
    return true;
  };
  EXPECT_EQ(transport_->Send(request).body, "");
  EXPECT_EQ(received, sent);
}

TEST_P(Transport, ReadsChunkedAnswers) {
  ScriptedServer server([](const ReceivedRequest&) {
    return ScriptedAnswer{
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
        "", false, false};
  });
  HttpRequest request;
  request.url = server.url("/");
  EXPECT_EQ(transport_->Send(request).body, "abcd");
}

TEST_P(Transport, LeavesRedirectsAndCompressionAlone) {
  ScriptedServer server([](const ReceivedRequest&) {
    return Answer(307, "not gzip", "Location: http://x.invalid/\r\nContent-Encoding: gzip\r\n");
  });
  HttpRequest request;
  request.url = server.url("/");
  const HttpResponse response = transport_->Send(request);
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.body, "not gzip");
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_P(Transport, KeepsHeaderValuesAsTheyWereSent) {
  ScriptedServer server([](const ReceivedRequest&) {
    return Answer(200, "", "Location: /a?b=%2B%25%0d%0aX:%20y%u0041\r\n");
  });
  HttpRequest request;
  request.url = server.url("/");
  EXPECT_EQ(transport_->Send(request).Header("Location"), "/a?b=%2B%25%0d%0aX:%20y%u0041");
}

TEST_P(Transport, AnErrorAnswerGoesToTheBodyAndNotToTheSink) {
  ScriptedServer server([](const ReceivedRequest&) {
    return ScriptedAnswer{"HTTP/1.1 500 X\r\n\r\n", std::string(1000, 'e'), false, false};
  });
  HttpRequest request;
  request.url = server.url("/");
  request.body_sink = [](std::string_view) -> bool {
    ADD_FAILURE() << "the sink was called";
    return false;
  };
  const HttpResponse response = transport_->Send(request);
  EXPECT_EQ(response.status, 500);
  EXPECT_LE(response.body.size(), 70'000u);
}

TEST_P(Transport, ASinkStopsTheAnswer) {
  ScriptedServer server([](const ReceivedRequest&) {
    return ScriptedAnswer{"HTTP/1.1 200 X\r\n\r\n", std::string(1000, 'e'), false, false};
  });
  HttpRequest request;
  request.url = server.url("/");
  request.body_sink = [](std::string_view) { return false; };
  EXPECT_EQ(transport_->Send(request).status, 200);
  request.body_sink = [](std::string_view) -> bool {
    throw Error(ErrorKind::kNoSpace, "disk full");
  };
  EXPECT_EQ(Failure(request).kind(), ErrorKind::kNoSpace);
}

TEST_P(Transport, AStopEndsTheWaitForAnAnswer) {
  const Error error = FailureAfterStop({"", "", true, false});
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  EXPECT_THAT(error.what(), HasSubstr("cancelled"));
}

TEST_P(Transport, AStopEndsAnAnswerThatNeverPauses) {
  EXPECT_EQ(
      FailureAfterStop({"HTTP/1.1 200 X\r\n\r\n", std::string(1000, 'e'), false, false}).kind(),
      ErrorKind::kCancelled);
}

TEST_P(Transport, AStopThatCameBeforeSendsNothing) {
  std::stop_source stop;
  stop.request_stop();
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200); });
  HttpRequest request;
  request.url = server.url("/");
  request.stop = stop.get_token();
  EXPECT_EQ(Failure(request).kind(), ErrorKind::kCancelled);
  EXPECT_TRUE(server.requests().empty());
}

TEST_P(Transport, NamesWhatRefusesAConnection) {
  int port = 0;
  {
    ScriptedServer server([](const ReceivedRequest&) { return Answer(200); });
    port = server.port();
  }
  HttpRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(port) + "/";
  const Error error = Failure(request);
  EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(std::string(error.what()),
            "connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST_P(Transport, ReportsAnAnswerThatIsCut) {
  for (const char* bytes : {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nX: y",
                            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    EXPECT_EQ(FailureOf({bytes, "", false, false}).kind(), ErrorKind::kUnavailable) << bytes;
  }
}

TEST_P(Transport, ASinkGetsWhatCameBeforeTheCut) {
  HttpRequest request;
  std::string received;
  request.body_sink = [&](std::string_view chunk) {
    received += chunk;
    return true;
  };
  FailureOf({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "", false, false}, request);
  EXPECT_EQ(received, "abc");
}

TEST_P(Transport, RefusesWhatIsNotHttp) {
  for (const char* bytes : {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_EQ(FailureOf({bytes, "", true, false}).kind(), ErrorKind::kInvalid) << bytes;
  }
}

TEST_P(Transport, BoundsTheHeader) {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  for (const ScriptedAnswer& answer :
       {ScriptedAnswer{"HTTP/1.1 200 ", std::string(1000, 'x'), false, false},
        ScriptedAnswer{start + "X: ", std::string(1000, 'x'), false, false},
        ScriptedAnswer{start, "X: y\r\n", false, false},
        ScriptedAnswer{start, "no end\n", false, false},
        ScriptedAnswer{"", "HTTP/1.1 100 Continue\r\n\r\n", false, false},
        ScriptedAnswer{start + "Transfer-Encoding: chunked\r\n\r\n1;", "xxxx", false, false}}) {
    const Error error = FailureOf(answer);
    EXPECT_EQ(error.kind(), ErrorKind::kInvalid) << answer.bytes;
    EXPECT_THAT(error.what(), AnyOf(HasSubstr("header is too long"), HasSubstr("isn't HTTP/1.1")))
        << answer.bytes;
  }
}

TEST_P(Transport, BoundsTheBody) {
  HttpRequest request;
  request.max_response_bytes = 100'000;
  const std::string start = "HTTP/1.1 200 OK\r\n";
  for (const ScriptedAnswer& answer :
       {ScriptedAnswer{start + "\r\n", std::string(1000, 'x'), false, false},
        ScriptedAnswer{start + "Content-Length: 99999999999\r\n\r\n", std::string(1000, 'x'),
                       false},
        ScriptedAnswer{start + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", false, false},
        ScriptedAnswer{start + "Transfer-Encoding: chunked\r\n\r\n-2\r\n", "xxx", false, false}}) {
    const Error error = FailureOf(answer, request);
    EXPECT_EQ(error.kind(), ErrorKind::kInvalid) << answer.bytes;
    EXPECT_THAT(error.what(), AnyOf(HasSubstr("larger than"), HasSubstr("isn't HTTP/1.1")))
        << answer.bytes;
  }
}

TEST_P(Transport, GivesUpOnASilentServer) {
  HttpRequest request;
  request.idle_timeout = std::chrono::milliseconds(50);
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\nabc"}) {
    const Error error = FailureOf({bytes, "", true, false}, request);
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable) << bytes;
  }
}

TEST_P(Transport, GivesUpWhenTheTotalTimeIsOver) {
  HttpRequest request;
  request.total_timeout = std::chrono::milliseconds(100);
  request.max_response_bytes = ~uint64_t{0};
  request.body_sink = [](std::string_view) { return true; };
  const Error error =
      FailureOf({"HTTP/1.1 200 OK\r\n\r\n", std::string(1000, 'x'), false, false}, request);
  EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(error.what(), HasSubstr("not done within the time allowed"));
}

TEST_P(Transport, SendsNothingThatCouldForgeALine) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200); });
  const auto refused = [&](const std::string& method, const std::string& target,
                           const std::string& name, const std::string& value) {
    HttpRequest request;
    request.method = method;
    request.url = server.url(target);
    request.headers = {{name, value}};
    return Failure(request).kind() == ErrorKind::kUsage;
  };
  EXPECT_TRUE(refused("GET", "/a\r\nX: y", "A", "b"));
  EXPECT_TRUE(refused("GET", "/a b", "A", "b"));
  EXPECT_TRUE(refused("GET /", "/", "A", "b"));
  EXPECT_TRUE(refused("GET", "/", "A: x\r\nB", "b"));
  EXPECT_TRUE(refused("GET", "/", "A", "b\r\nC: d"));
  EXPECT_TRUE(refused("GET", "/", "A", std::string("b\0c", 3)));
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST_P(Transport, ReachesNoAddressThatItMayNot) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200); });
  HttpRequest request;
  request.url = server.url("/");
  request.may_reach = [](const sockaddr& address) { return address.sa_family != AF_INET; };
  const Error error = Failure(request);
  EXPECT_EQ(error.kind(), ErrorKind::kPermission);
  EXPECT_THAT(error.what(), HasSubstr("may not be reached from here"));
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST_P(Transport, TakesAStatusWithoutWords) {
  ScriptedServer server([](const ReceivedRequest&) {
    return ScriptedAnswer{"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "", false, false};
  });
  HttpRequest request;
  request.url = server.url("/");
  EXPECT_EQ(transport_->Send(request).body, "ok");
}

INSTANTIATE_TEST_SUITE_P(Dynamic, Transport, testing::Values(&MakeHttpTransport));
INSTANTIATE_TEST_SUITE_P(Static, Transport, testing::Values(&MakeStaticHttpTransport));

}  // namespace
}  // namespace runtime::base
