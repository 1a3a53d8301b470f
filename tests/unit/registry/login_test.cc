// Credentials go to the registry and its token service, and nowhere else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "tests/unit/registry/hostile_registry.h"

namespace runtime::registry {
namespace {

using base::ErrorKind;
using ::testing::HasSubstr;
using tests::Answer;
using tests::ReceivedRequest;
using tests::ScriptedAnswer;
using tests::ScriptedServer;

const Credentials kAnna{"anna", "secret", ""};
constexpr char kAnnaBasic[] = "Basic YW5uYTpzZWNyZXQ=";

std::string Bearer(const std::string& realm) {
  return "WWW-Authenticate: Bearer realm=\"" + realm +
         "\",service=\"reg, istry\",scope=\"repository:a/b:pull\"\r\n";
}

// Asks every request for `authorization`, with that challenge.
HostileRegistry::Twist Demand(std::string authorization, std::string challenge) {
  return [=](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    return r.Header("Authorization") == authorization ? std::nullopt
                                                      : std::optional(Answer(401, "", challenge));
  };
}

TEST(Login, IsAskedForWithTheCommandToRun) {
  HostileRegistry registry(Demand(kAnnaBasic, "WWW-Authenticate: Basic realm=\"x\"\r\n"));
  const base::Error error = registry.PullFailure();
  EXPECT_EQ(error.kind(), ErrorKind::kPermission);
  const std::string host = registry.server().host();
  EXPECT_EQ(std::string(error.what()), "pull " + host + "/a/b:1: " + host +
                                           " asks for a login: run `runner registry login " + host +
                                           "`");
}

TEST(Login, BasicIsSentWhenAskedFor) {
  HostileRegistry registry(Demand(kAnnaBasic, "WWW-Authenticate: Basic realm=\"x\"\r\n"));
  registry.Give(kAnna);
  registry.Pull();
  EXPECT_EQ(registry.server().requests()[0].Header("Authorization"), "");
}

TEST(Login, ThatIsWrongIsNamed) {
  HostileRegistry registry(Demand("Basic other", "WWW-Authenticate: Basic realm=\"x\"\r\n"));
  registry.Give(kAnna);
  EXPECT_THAT(registry.PullFailure().what(), HasSubstr("refused the login of anna"));
  EXPECT_EQ(registry.server().requests().size(), 2u);
}

TEST(Login, ATokenIsFetchedOnceForAllRequests) {
  ScriptedServer tokens([](const ReceivedRequest&) { return Answer(200, R"({"token":"t1"})"); });
  HostileRegistry registry(Demand("Bearer t1", Bearer(tokens.url("/token"))));
  registry.Give(kAnna);
  registry.Pull();
  ASSERT_EQ(tokens.requests().size(), 1u);
  const ReceivedRequest asked = tokens.requests()[0];
  EXPECT_EQ(asked.target, "/token?service=reg%2c%20istry&scope=repository%3aa%2fb%3apull");
  EXPECT_EQ(asked.Header("Authorization"), kAnnaBasic);
}

TEST(Login, WithoutCredentialsTheTokenIsAnonymous) {
  ScriptedServer tokens(
      [](const ReceivedRequest&) { return Answer(200, R"({"access_token":"t1"})"); });
  HostileRegistry registry(Demand("Bearer t1", Bearer(tokens.url("/token?x=y"))));
  registry.Pull();
  EXPECT_EQ(tokens.requests()[0].Header("Authorization"), "");
  EXPECT_TRUE(tokens.requests()[0].target.starts_with("/token?x=y&service="));
}

TEST(Login, AnIdentityTokenIsExchanged) {
  ScriptedServer tokens([](const ReceivedRequest&) { return Answer(200, R"({"token":"t1"})"); });
  HostileRegistry registry(Demand("Bearer t1", Bearer(tokens.url("/token"))));
  registry.Give({"", "", "id+1"});
  registry.Pull();
  EXPECT_EQ(tokens.requests()[0].method, "POST");
  EXPECT_THAT(tokens.requests()[0].body,
              HasSubstr("grant_type=refresh_token&refresh_token=id%2b1"));
}

TEST(Login, AnExpiredTokenIsRenewed) {
  int issued = 0;
  ScriptedServer tokens([&](const ReceivedRequest&) {
    return Answer(200, R"({"token":"t)" + std::to_string(++issued) + "\"}");
  });
  HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    const std::string needed =
        r.target.find("/blobs/") == std::string::npos ? "Bearer t1" : "Bearer t2";
    return r.Header("Authorization") == needed
               ? std::nullopt
               : std::optional(Answer(401, "", Bearer(tokens.url("/token"))));
  });
  registry.Pull();
  EXPECT_EQ(issued, 2);
}

TEST(Login, ATokenThatNeverHelpsEndsTheAttempt) {
  ScriptedServer tokens([](const ReceivedRequest&) { return Answer(200, R"({"token":"t"})"); });
  HostileRegistry registry(Demand("Bearer other", Bearer(tokens.url("/token"))));
  registry.Give(kAnna);
  EXPECT_EQ(registry.PullFailure().kind(), ErrorKind::kPermission);
  EXPECT_LE(tokens.requests().size(), 3u);
}

TEST(Login, ARealmElsewhereGetsNoCredentials) {
  for (const char* realm : {"http://169.254.169.254/token", "http://tokens.invalid/", "file:///x",
                            "ftp://x/", "", "http://127.0.0.1.invalid/"}) {
    HostileRegistry registry(Demand(kAnnaBasic, Bearer(realm)));
    registry.Give(kAnna);
    const base::Error error = registry.PullFailure();
    EXPECT_EQ(error.kind(), ErrorKind::kInvalid) << realm;
    EXPECT_THAT(error.what(), HasSubstr("isn't trusted with a login")) << realm;
    EXPECT_EQ(registry.server().requests().size(), 1u);
  }
}

TEST(Login, ATokenWithALineEndIsRefused) {
  ScriptedServer tokens(
      [](const ReceivedRequest&) { return Answer(200, R"({"token":"t\r\nX: y"})"); });
  HostileRegistry registry(Demand("Bearer t", Bearer(tokens.url("/token"))));
  EXPECT_EQ(registry.PullFailure().kind(), ErrorKind::kInvalid);
}

TEST(Login, ARedirectToAnotherPortTakesNoCredentialsAlong) {
  HostileRegistry honest;
  ScriptedServer elsewhere([&](const ReceivedRequest& r) {
    const auto blob = honest.sample().Blob(r.target.substr(r.target.find("sha256:")));
    return blob ? Answer(200, *blob) : Answer(404);
  });
  HostileRegistry registry([&](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    if (r.Header("Authorization") != kAnnaBasic) {
      return Answer(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n");
    }
    return r.target.find("/blobs/") == std::string::npos
               ? std::nullopt
               : std::optional(Answer(307, "", "Location: " + elsewhere.url(r.target) + "\r\n"));
  });
  registry.Give(kAnna);
  registry.Pull();
  ASSERT_EQ(elsewhere.requests().size(), 2u);
  for (const ReceivedRequest& request : elsewhere.requests()) {
    EXPECT_EQ(request.Header("Authorization"), "");
  }
}

TEST(Login, IsCheckedAtTheRegistry) {
  HostileRegistry registry([](const ReceivedRequest& r) -> std::optional<ScriptedAnswer> {
    EXPECT_EQ(r.target, "/v2/");
    return r.Header("Authorization") == kAnnaBasic
               ? Answer(200)
               : Answer(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n");
  });
  registry.client().CheckLogin(registry.server().host(), kAnna);
  EXPECT_THROW(registry.client().CheckLogin(registry.server().host(), {"anna", "wrong", ""}),
               base::Error);
}

}  // namespace
}  // namespace runtime::registry
