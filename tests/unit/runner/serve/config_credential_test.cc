// `credential`, `ssh-key` and `known-hosts` of a repository.
#include <gtest/gtest.h>

#include "runner/serve/config.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner::serve {
namespace {

const char kHead[] = "github: {webhook-secrets: [\"env:PATH\"]}\nrepositories:\n  - name: a/b\n";

ConfigReading Read(const std::string& keys) { return ReadConfig("runner.yml", kHead + keys); }

// The only finding as "LINE:COLUMN CODE message"; empty when there is none.
std::string FindingIn(const std::string& keys) {
  std::string all;
  for (const auto& finding : Read(keys).findings) {
    all += std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
           finding.code + " " + finding.message;
  }
  return all;
}

TEST(ConfigCredential, IsAPasswordForHttps) {
  const std::string keys =
      "    clone: https://example.org/a/b.git\n"
      "    credential: {username: ada, password: \"file:/etc/runner/password\"}\n";
  ASSERT_EQ(FindingIn(keys), "");
  const CloneCredential credential = Read(keys).config.repositories[0].credential;
  EXPECT_EQ(credential.username, "ada");
  EXPECT_EQ(credential.password, "file:/etc/runner/password");
  EXPECT_TRUE(credential.ssh_key.empty());
}

TEST(ConfigCredential, HasTheUserNameThatGoesWithATokenOfGithub) {
  const ConfigReading reading =
      Read("    clone: https://github.com/a/b.git\n    credential: {password: \"env:TOKEN\"}\n");
  ASSERT_TRUE(reading.findings.empty());
  EXPECT_EQ(reading.config.repositories[0].credential.username, "x-access-token");
}

TEST(ConfigCredential, IsAKeyForSsh) {
  const std::string keys =
      "    clone: ssh://git@example.org/a/b.git\n"
      "    ssh-key: \"command:pass show key\"\n"
      "    known-hosts: \"file:/etc/runner/known_hosts\"\n";
  ASSERT_EQ(FindingIn(keys), "");
  const CloneCredential credential = Read(keys).config.repositories[0].credential;
  EXPECT_EQ(credential.ssh_key, "command:pass show key");
  EXPECT_EQ(credential.known_hosts, "file:/etc/runner/known_hosts");
}

TEST(ConfigCredential, NeedsTheAddressThatItIsSentTo) {
  EXPECT_EQ(FindingIn("    credential: {password: \"env:A\"}\n")
                .rfind("4:5 C104 `credential` needs "
                       "`clone`",
                       0),
            0u);
}

TEST(ConfigCredential, IsReadWhereverTheAddressStands) {
  EXPECT_EQ(FindingIn("    credential: {password: \"env:A\"}\n    clone: https://h/a/b\n"), "");
}

TEST(ConfigCredential, TravelsInNoClearText) {
  const std::string credential = "    credential: {password: \"env:A\"}\n";
  for (const char* clone :
       {"http://example.org/a/b", "git://example.org/a/b", "ssh://example.org/a/b", "file:///a/b",
        "http://127.0.0.1.example.org/a/b"}) {
    EXPECT_NE(FindingIn("    clone: " + std::string(clone) + "\n" + credential).find("5:5 C103"),
              std::string::npos)
        << clone;
  }
  EXPECT_EQ(FindingIn("    clone: http://127.0.0.1:81/a/b\n" + credential), "");
}

TEST(ConfigCredential, KnowsTheHostThatAKeyIsShownTo) {
  const std::string clone = "    clone: ssh://git@example.org/a/b.git\n";
  EXPECT_NE(FindingIn(clone + "    ssh-key: \"env:A\"\n").find("5:5 C104"), std::string::npos);
  EXPECT_NE(FindingIn(clone + "    known-hosts: \"env:A\"\n").find("5:5 C104"), std::string::npos);
}

TEST(ConfigCredential, RefusesWhatDoesNotFit) {
  const std::string https = "    clone: https://example.org/a/b.git\n    ";
  for (const char* keys :
       {"ssh-key: \"env:A\"\n    known-hosts: \"env:B\"",
        "credential: {password: \"env:A\"}\n    ssh-key: \"env:A\"\n    known-hosts: \"env:B\"",
        "credential: {username: ada}", "credential: {}", "credential: \"env:A\"", "credential: [a]",
        "credential: {username: \"a:b\", password: \"env:A\"}",
        "credential: {username: \"a\\nb\", password: \"env:A\"}",
        "credential: {username: [], password: \"env:A\"}",
        "credential: {user: ada, password: \"env:A\"}", "ssh-key: a"}) {
    EXPECT_NE(FindingIn(https + keys + "\n"), "") << keys;
  }
}

TEST(ConfigCredential, IsNeverInTheFileAndNeverRepeated) {
  for (const char* keys :
       {"    clone: https://h/a/b\n    credential: {password: hunter2}\n",
        "    clone: ssh://h/a/b\n    ssh-key: hunter2\n    known-hosts: \"env:A\"\n"}) {
    const std::string finding = FindingIn(keys);
    EXPECT_NE(finding.find("C103"), std::string::npos) << finding;
    EXPECT_EQ(finding.find("hunter2"), std::string::npos) << finding;
  }
}

TEST(ConfigCredential, AllSecretsThatCantBeReadAreToldWithTheirLines) {
  const runtime::base::TemporaryDirectory directory("/tmp", "config");
  const std::string home = directory.path().native();
  runtime::base::WriteFileAtomically(home + "/two-lines", "hunter2\nhunter3\n");
  runtime::base::WriteFileAtomically(home + "/key.pub", "ssh-ed25519 hunter4\n");
  runtime::base::WriteFileAtomically(
      home + "/runner.yml",
      kHead + ("    clone: https://example.org/a/b\n    credential: {password: \"file:" + home +
               "/two-lines\"}\n    secrets: {x: \"file:/no/such\"}\n  - name: a/c\n"
               "    clone: ssh://example.org/a/c\n    ssh-key: \"file:" +
               home + "/key.pub\"\n    known-hosts: \"file:" + home + "/missing\"\n"));
  try {
    LoadConfig(home + "/runner.yml");
    FAIL();
  } catch (const runtime::base::Error& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("runner.yml:5:28 C105 secret file:" + home + "/two-lines: it must be one"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("runner.yml:6:18 C105 secret file:/no/such: "), std::string::npos) << text;
    EXPECT_NE(text.find("runner.yml:9:14 C105"), std::string::npos) << text;
    EXPECT_NE(text.find("runner.yml:10:18 C105"), std::string::npos) << text;
    EXPECT_EQ(text.find("hunter"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace runner::serve
