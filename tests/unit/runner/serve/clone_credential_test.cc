#include "runner/serve/clone_credential.h"

#include <gtest/gtest.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner::serve {
namespace {

class ReadCloneCredentialTest : public testing::Test {
 protected:
  ReadCloneCredentialTest() {
    Put("password", "one\n");
    repository_.name = "pie/hubot";
    repository_.clone = "https://example.org/pie/hubot.git";
    repository_.credential.password = Reference("password");
  }
  void Put(const std::string& name, const std::string& content) {
    runtime::base::WriteFileAtomically(directory_.path() / name, content);
  }
  std::string Reference(const std::string& name) const {
    return "file:" + (directory_.path() / name).native();
  }
  runtime::base::TemporaryDirectory directory_{"/tmp", "credential"};
  RepositoryConfig repository_;
};

TEST_F(ReadCloneCredentialTest, ReadsTheSecretAsItIsNow) {
  EXPECT_EQ(ReadCloneCredential(repository_, repository_.clone).password, "one");
  Put("password", "two\n");
  const runtime::git::Credential credential = ReadCloneCredential(repository_, repository_.clone);
  EXPECT_EQ(credential.password, "two");
  EXPECT_EQ(credential.username, "x-access-token");
}

TEST_F(ReadCloneCredentialTest, GivesItToNoOtherAddress) {
  for (const char* url :
       {"https://example.net/pie/hubot.git", "http://example.org/pie/hubot.git",
        "https://example.org:444/pie/hubot.git", "https://example.org/pie/other.git",
        "https://example.org@example.net/pie/hubot.git", ""}) {
    EXPECT_THROW(ReadCloneCredential(repository_, url), runtime::base::Error) << url;
  }
  repository_.clone.clear();
  EXPECT_THROW(ReadCloneCredential(repository_, ""), runtime::base::Error);
}

TEST_F(ReadCloneCredentialTest, SaysWhichSecretIsMissing) {
  std::filesystem::remove(directory_.path() / "password");
  try {
    ReadCloneCredential(repository_, repository_.clone);
    FAIL();
  } catch (const runtime::base::Error& e) {
    EXPECT_NE(std::string(e.what()).find("secret " + Reference("password") + ": "),
              std::string::npos);
  }
}

TEST_F(ReadCloneCredentialTest, GivesAKeyForSshWithTheHostsThatItIsFor) {
  Put("key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
  Put("hosts", "example.org ssh-ed25519 AAAA\n");
  repository_.clone = "ssh://git@example.org/pie/hubot.git";
  repository_.credential = {};
  repository_.credential.ssh_key = Reference("key");
  repository_.credential.known_hosts = Reference("hosts");
  const runtime::git::Credential credential = ReadCloneCredential(repository_, repository_.clone);
  EXPECT_TRUE(credential.ssh_key.ends_with("-----END OPENSSH PRIVATE KEY-----\n"));
  EXPECT_EQ(credential.known_hosts, "example.org ssh-ed25519 AAAA\n");
  EXPECT_FALSE(credential.accept_unknown_hosts);
  EXPECT_TRUE(credential.password.empty());
}

}  // namespace
}  // namespace runner::serve
