#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/http.h"
#include "tests/support/scripted_server.h"

namespace runtime::base {
namespace {

using ::testing::HasSubstr;
using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedServer;

// A transport whose only trusted certificate is that one.
std::unique_ptr<HttpTransport> Trusting(const std::string& pem, const HttpRequest& warm_up) {
  const TemporaryDirectory directory(std::filesystem::temp_directory_path(), "ca");
  WriteFileAtomically(directory.path() / "ca.pem", pem, Durability::kNoFlush);
  ::setenv("SSL_CERT_FILE", (directory.path() / "ca.pem").c_str(), 1);
  auto transport = MakeHttpTransport();
  try {
    transport->Send(warm_up);  // reads the certificates
  } catch (const Error&) {
  }
  ::unsetenv("SSL_CERT_FILE");
  return transport;
}

std::string FailureOf(HttpTransport& transport, const HttpRequest& request, ErrorKind kind) {
  try {
    transport.Send(request);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind);
    return e.what();
  }
  return "no error";
}

TEST(HttpTls, ReadsFromAServerThatItTrusts) {
  const tests::TlsIdentity identity("127.0.0.1");
  const std::string body(200'000, 'b');
  ScriptedServer server([&](const ReceivedRequest&) { return Answer(200, body); }, &identity);
  HttpRequest request;
  request.url = server.url("/");
  EXPECT_EQ(Trusting(identity.pem(), request)->Send(request).body, body);
}

TEST(HttpTls, RefusesACertificateThatNobodyVouchesFor) {
  const tests::TlsIdentity identity("127.0.0.1");
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200); }, &identity);
  HttpRequest request;
  request.url = server.url("/");
  const auto transport = MakeHttpTransport();
  EXPECT_THAT(FailureOf(*transport, request, ErrorKind::kInvalid),
              HasSubstr("its certificate doesn't hold: self-signed certificate"));
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST(HttpTls, RefusesACertificateOfAnotherHost) {
  const tests::TlsIdentity identity("registry.example");
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200); }, &identity);
  HttpRequest request;
  request.url = server.url("/");
  const auto transport = Trusting(identity.pem(), request);
  EXPECT_THAT(FailureOf(*transport, request, ErrorKind::kInvalid),
              HasSubstr("IP address mismatch"));
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST(HttpTls, NamesAServerThatDoesNotSpeakIt) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200); });
  HttpRequest request;
  request.url = "https://" + server.host() + "/";
  request.idle_timeout = std::chrono::milliseconds(200);  // it waits for a blank line
  const auto transport = MakeHttpTransport();
  EXPECT_THAT(FailureOf(*transport, request, ErrorKind::kUnavailable), HasSubstr(server.host()));
}

TEST(HttpTls, AnAnswerWithoutLengthThatIsCutIsNotTakenForWhole) {
  const tests::TlsIdentity identity("127.0.0.1");
  ScriptedServer server(
      [](const ReceivedRequest&) {
        return tests::ScriptedAnswer{"HTTP/1.1 200 OK\r\n\r\nhalf", "", false, true};
      },
      &identity);
  HttpRequest request;
  request.url = server.url("/");
  const auto transport = Trusting(identity.pem(), request);
  EXPECT_THAT(FailureOf(*transport, request, ErrorKind::kUnavailable), HasSubstr("cut"));
}

}  // namespace
}  // namespace runtime::base
