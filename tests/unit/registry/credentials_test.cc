#include "runtime/registry/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::registry {
namespace {

using ::testing::HasSubstr;

class CredentialsTest : public ::testing::Test {
 protected:
  void WriteFile(const std::string& text) {
    base::WriteFileAtomically(file_, text, base::Durability::kNoFlush);
  }
  // A program docker-credential-NAME in PATH.
  void WriteHelper(const std::string& name, const std::string& script) {
    const auto path = directory_.path() / ("docker-credential-" + name);
    base::WriteFileAtomically(path, "#!/bin/sh\n" + script, base::Durability::kNoFlush, 0755);
    ::setenv("PATH", (directory_.path().string() + ":/usr/bin:/bin").c_str(), 1);
  }

  base::TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "docker"};
  std::filesystem::path file_ = directory_.path() / "config.json";
  DockerConfig config_{file_};
};

TEST(Base64, RoundTrips) {
  for (const char* text : {"", "a", "ab", "abc", "anna:secret", "\xff\xfe"}) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(text)), text);
  }
  EXPECT_EQ(EncodeBase64("anna:secret"), "YW5uYTpzZWNyZXQ=");
  EXPECT_FALSE(DecodeBase64("abc"));
  EXPECT_FALSE(DecodeBase64("a?c="));
}

TEST_F(CredentialsTest, AMissingFileHasNone) { EXPECT_FALSE(config_.Find("a:5000")); }

TEST_F(CredentialsTest, AreReadAsDockerWritesThem) {
  WriteFile(R"({"auths": {"a:5000": {"auth": "YW5uYTpzZWM6cmV0"},
                "https://index.docker.io/v1/": {"auth": "aHViOng="},
                "https://old.example/v1/": {"auth": "b2xkOng="},
                "id.example": {"identitytoken": "t"}, "empty.example": {}}})");
  EXPECT_EQ(config_.Find("a:5000")->user, "anna");
  EXPECT_EQ(config_.Find("a:5000")->password, "sec:ret");
  EXPECT_EQ(config_.Find("docker.io")->user, "hub");
  EXPECT_EQ(config_.Find("old.example")->user, "old");
  EXPECT_EQ(config_.Find("id.example")->identity_token, "t");
  EXPECT_FALSE(config_.Find("empty.example"));
  EXPECT_FALSE(config_.Find("a"));
}

TEST_F(CredentialsTest, ADamagedFileIsNamed) {
  for (const char* text : {"", "[]", "{", R"({"auths":{"a":{"auth":"!"}}})"}) {
    WriteFile(text);
    try {
      config_.Find("a");
      ADD_FAILURE() << text;
    } catch (const base::Error& e) {
      EXPECT_THAT(e.what(), HasSubstr(file_.string()));
    }
  }
}

TEST_F(CredentialsTest, AreSavedForOursOnlyAndKeepTheRest) {
  WriteFile(R"({"proxies": {"x": 1}, "auths": {"b": {"auth": "Yjpj"}}})");
  config_.Save("a:5000", {"anna", "secret", ""});
  config_.Save("docker.io", {"hub", "x", ""});
  struct stat status;
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(config_.Find("a:5000")->password, "secret");
  EXPECT_EQ(config_.Find("b")->user, "b");
  const std::string text = base::ReadFile(file_);
  EXPECT_THAT(text, HasSubstr("\"proxies\""));
  EXPECT_THAT(text, HasSubstr("https://index.docker.io/v1/"));
}

TEST_F(CredentialsTest, AreErased) {
  config_.Save("a:5000", {"anna", "secret", ""});
  EXPECT_TRUE(config_.Erase("a:5000"));
  EXPECT_FALSE(config_.Find("a:5000"));
  EXPECT_FALSE(config_.Erase("a:5000"));
}

TEST_F(CredentialsTest, AHelperIsAsked) {
  WriteHelper("keys",
              "read host; [ \"$1 $host\" = 'get a:5000' ] || { echo 'credentials not found "
              "in native keychain'; exit 1; }\n"
              "echo '{\"ServerURL\":\"a:5000\",\"Username\":\"anna\",\"Secret\":\"s\"}'\n");
  WriteFile(R"({"credsStore": "keys"})");
  EXPECT_EQ(config_.Find("a:5000")->password, "s");
  EXPECT_FALSE(config_.Find("b"));
}

TEST_F(CredentialsTest, AHelperOfOneHostIsAskedForThatHostOnly) {
  WriteHelper("one", "echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'\n");
  WriteFile(R"({"credHelpers": {"a:5000": "one"}})");
  EXPECT_EQ(config_.Find("a:5000")->identity_token, "t");
  EXPECT_FALSE(config_.Find("b"));
}

TEST_F(CredentialsTest, AHelperKeepsWhatIsSaved) {
  WriteHelper("keep", "cat > " + directory_.path().string() + "/$1\n");
  WriteFile(R"({"credsStore": "keep"})");
  config_.Save("a:5000", {"anna", "secret", ""});
  EXPECT_EQ(base::ReadFile(directory_.path() / "store"),
            R"({"Secret":"secret","ServerURL":"a:5000","Username":"anna"})");
  EXPECT_EQ(base::ReadFile(file_), R"({"credsStore": "keep"})");
}

TEST_F(CredentialsTest, AHelperThatFailsIsNamed) {
  WriteHelper("bad", "echo 'locked'; exit 1\n");
  WriteFile(R"({"credHelpers": {"a": "bad", "b": "missing", "c": "../x"}})");
  for (const auto& [host, part] : {std::pair("a", "docker-credential-bad: locked"),
                                   std::pair("b", "run docker-credential-missing: No such file"),
                                   std::pair("c", "not a credential helper's name")}) {
    try {
      config_.Find(host);
      ADD_FAILURE() << host;
    } catch (const base::Error& e) {
      EXPECT_THAT(e.what(), HasSubstr(part));
    }
  }
}

}  // namespace
}  // namespace runtime::registry
