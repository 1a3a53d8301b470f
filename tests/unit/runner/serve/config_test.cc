#include "runner/serve/config.h"

#include <gtest/gtest.h>

namespace runner::serve {
namespace {

const char kWhole[] = R"(listen: 127.0.0.1:9000
url: https://ci.example.org/
root: /srv/runner
github:
  api: https://github.example.org/api/v3/
  webhook-secrets: ["file:/etc/runner/webhook-secret", "env:OLD"]
  token: "command:pass show token"
repositories:
  - name: pie/hubot
    clone: file:///srv/git/hubot.git
    secrets: {registry-password: "file:/etc/runner/registry-password"}
    network-allow: [10.1.0.0/16, "fd00::1"]
    volume-allow: [/opt/sdk]
  - name: pie/other
)";

// The findings as "LINE:COLUMN CODE message", one a line.
std::string FindingsOf(const std::string& text) {
  std::string all;
  for (const auto& finding : ReadConfig("runner.yml", text).findings) {
    all += std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
           finding.code + " " + finding.message + "\n";
  }
  return all;
}

std::string WithSecret(const std::string& more) {
  return "github: {webhook-secrets: [\"env:A\"]}\n" + more;
}

TEST(Config, ReadsEveryKey) {
  ASSERT_EQ(FindingsOf(kWhole), "");
  const Config config = ReadConfig("runner.yml", kWhole).config;
  EXPECT_EQ(config.listen.port, 9000);
  EXPECT_EQ(config.url, "https://ci.example.org");
  EXPECT_EQ(config.root, "/srv/runner");
  EXPECT_EQ(config.github_api, "https://github.example.org/api/v3");
  EXPECT_EQ(config.webhook_secrets.size(), 2u);
  EXPECT_EQ(config.github_token, "command:pass show token");
  ASSERT_EQ(config.repositories.size(), 2u);
  EXPECT_EQ(config.repositories[0].clone, "file:///srv/git/hubot.git");
  EXPECT_EQ(config.repositories[0].secrets.at("registry-password"),
            "file:/etc/runner/registry-password");
  ASSERT_EQ(config.repositories[0].network_allow.size(), 2u);
  EXPECT_EQ(config.repositories[0].volume_allow.at(0), "/opt/sdk");
  EXPECT_EQ(config.repositories[0].network_allow[0].ToString(), "10.1.0.0/16");
}

TEST(Config, HasDefaults) {
  ASSERT_EQ(FindingsOf(WithSecret("")), "");
  const Config config = ReadConfig("runner.yml", WithSecret("listen: \"[::1]:81\"\n")).config;
  EXPECT_EQ(config.url, "http://[::1]:81");
  EXPECT_EQ(config.github_api, "https://api.github.com");
}

TEST(Config, FindsARepositoryWhateverItsCase) {
  const Config config = ReadConfig("runner.yml", kWhole).config;
  EXPECT_NE(config.Find("Pie/Hubot"), nullptr);
  EXPECT_EQ(config.Find("pie/hubo"), nullptr);
}

TEST(Config, NamesTheUnknownKeyAndTheLikelyOne) {
  const std::string findings = FindingsOf(WithSecret("repositores: []\n"));
  EXPECT_EQ(findings.rfind("2:1 C101 unknown key `repositores`", 0), 0u) << findings;
  EXPECT_NE(findings.find("\"repositories\""), std::string::npos) << findings;
}

TEST(Config, NeedsAWebhookSecret) {
  EXPECT_NE(FindingsOf("listen: 127.0.0.1:80\n").find("C104"), std::string::npos);
  EXPECT_NE(FindingsOf("github: {webhook-secrets: []}\n").find("C102"), std::string::npos);
}

TEST(Config, TakesNoSecretInTheClearAndDoesNotRepeatIt) {
  const std::string findings = FindingsOf("github: {webhook-secrets: [hunter2], token: ghp_x}\n");
  EXPECT_NE(findings.find("C103"), std::string::npos);
  EXPECT_EQ(findings.find("hunter2"), std::string::npos);
  EXPECT_EQ(findings.find("ghp_x"), std::string::npos);
}

TEST(Config, RefusesValuesThatCantWork) {
  for (const char* line :
       {"listen: example.org:80", "listen: 80", "url: ftp://a", "url: ci.example.org", "root: here",
        "listen: [a]", "repositories: {a: b}", "repositories: [a]", "repositories: [{clone: x}]",
        "repositories: [{name: hubot}]", "repositories: [{name: a/b, clone: /srv/git}]",
        "repositories: [{name: a/b, clone: \"https://u:p@host/r\"}]",
        "repositories: [{name: a/b, clone: \"ext::sh -c id\"}]",
        "repositories: [{name: a/b}, {name: A/B}]",
        "repositories: [{name: a/b, network-allow: 10.1.0.0/16}]",
        "repositories: [{name: a/b, volume-allow: [sdk]}]",
        "repositories: [{name: a/b, network-allow: [10.1.0.1/16]}]",
        "repositories: [{name: a/b, secrets: {x: y}}]",
        "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2"}) {
    EXPECT_NE(FindingsOf(WithSecret(line)), "") << line;
  }
  EXPECT_NE(FindingsOf("github: {webhook-secrets: [\"env:A\"], api: \"http://example.org\"}"), "");
  EXPECT_EQ(FindingsOf("github: {webhook-secrets: [\"env:A\"], api: \"http://127.0.0.1:1\"}"), "");
}

TEST(Config, RefusesAFileThatIsNoYamlOrNoMap) {
  for (const char* text : {"", "[]", "a", "a: [", "\t"}) {
    EXPECT_NE(FindingsOf(text), "") << text;
  }
}

}  // namespace
}  // namespace runner::serve
