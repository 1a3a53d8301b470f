#include "webhooks/delivery.h"

#include <gtest/gtest.h>

namespace webhooks {
namespace {

using pipeline::EventKind;
using pipeline::TriggerEvent;
using runtime::base::HttpHeaders;

constexpr char kSha[] = "0123456789abcdef0123456789abcdef01234567";
constexpr char kOther[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

std::string Push(const std::string& ref, const std::string& after = kSha,
                 const std::string& message = "Fix it\\n\\nbody", const std::string& more = "") {
  return R"({"ref":")" + ref + R"(","before":"x","after":")" + after + R"(","deleted":false,)" +
         R"("repository":{"id":1,"full_name":"pie/hubot","clone_url":"https://example.org/pie/hubot.git","default_branch":"trunk"},)" +
         R"("sender":{"login":"ada"},"commits":[{"id":"1","message":"[skip ci]"}],)" + more +
         R"("head_commit":{"id":")" + kSha + R"(","message":")" + message + R"("}})";
}

Delivery Parse(const std::string& body, const std::string& event = "push",
               const std::string& type = "application/json") {
  return ParseDelivery({{"X-GitHub-Event", event}, {"Content-Type", type}}, body);
}

TEST(Delivery, TurnsABranchPushIntoAnEvent) {
  const Delivery delivery = Parse(Push("refs/heads/feature/a"));
  ASSERT_TRUE(std::holds_alternative<TriggerEvent>(delivery));
  const auto& event = std::get<TriggerEvent>(delivery);
  EXPECT_EQ(event.kind, EventKind::kPush);
  EXPECT_EQ(event.repository, "pie/hubot");
  EXPECT_EQ(event.clone_url, "https://example.org/pie/hubot.git");
  EXPECT_EQ(event.ref, "refs/heads/feature/a");
  EXPECT_EQ(event.branch, "feature/a");
  EXPECT_EQ(event.tag, "");
  EXPECT_EQ(event.commit, kSha);
  EXPECT_EQ(event.author, "ada");
  EXPECT_EQ(event.title, "Fix it");
  EXPECT_EQ(event.default_branch, "trunk");
}

TEST(Delivery, TakesTheCommitOfAnAnnotatedTag) {
  const auto event = std::get<TriggerEvent>(Parse(Push("refs/tags/v1", kOther)));
  EXPECT_EQ(event.kind, EventKind::kTag);
  EXPECT_EQ(event.tag, "v1");
  EXPECT_EQ(event.branch, "");
  EXPECT_EQ(event.commit, kSha);
}

TEST(Delivery, ReadsAFormEncodedPayload) {
  std::string encoded;
  for (const char c : Push("refs/heads/main", kSha, "a + b & c")) {
    constexpr char kHex[] = "0123456789ABCDEF";
    encoded += '%';
    encoded += kHex[static_cast<unsigned char>(c) >> 4];
    encoded += kHex[c & 15];
  }
  const std::string type = "application/x-www-form-urlencoded; charset=utf-8";
  const auto event = std::get<TriggerEvent>(Parse("payload=" + encoded, "push", type));
  EXPECT_EQ(event.title, "a + b & c");
  for (const std::string& broken :
       {std::string(), std::string("payload"), std::string("payload=%7"),
        std::string("payload=%zz"), "payload=" + encoded + "&payload=" + encoded,
        "Payload=" + encoded}) {
    EXPECT_TRUE(std::holds_alternative<Malformed>(Parse(broken, "push", type))) << broken;
  }
}

TEST(Delivery, IgnoresDeletions) {
  EXPECT_TRUE(std::holds_alternative<Ignored>(Parse(Push("refs/heads/a", std::string(40, '0')))));
  std::string deleted = Push("refs/heads/a");
  deleted.replace(deleted.find("\"deleted\":false"), 15, "\"deleted\":true");
  EXPECT_TRUE(std::holds_alternative<Ignored>(Parse(deleted)));
}

TEST(Delivery, IgnoresACommitThatAsksForNoRun) {
  for (const char* message :
       {"a [skip ci]", "[CI SKIP] b", "x\\n[no ci]", "[skip actions]", "[actions skip]",
        "a\\n\\nskip-checks: true", "a\\n\\nskip-checks:true\\n"}) {
    EXPECT_TRUE(std::holds_alternative<Ignored>(Parse(Push("refs/heads/a", kSha, message))))
        << message;
  }
  for (const char* message : {"skip ci", "skip-checks: true\\nmore", "[skip  ci]"}) {
    EXPECT_TRUE(std::holds_alternative<TriggerEvent>(Parse(Push("refs/heads/a", kSha, message))))
        << message;
  }
}

TEST(Delivery, KnowsPingAndIgnoresEveryOtherEvent) {
  EXPECT_TRUE(std::holds_alternative<Ping>(Parse("{}", "ping")));
  for (const char* event : {"pull_request_review", "create", "status", "", "Push", "x\x1b[31m"}) {
    const Delivery delivery = Parse(Push("refs/heads/a"), event);
    ASSERT_TRUE(std::holds_alternative<Ignored>(delivery)) << event;
    EXPECT_EQ(std::get<Ignored>(delivery).reason.find('\x1b'), std::string::npos);
  }
}

std::string PullRequest(const std::string& action,
                        const std::string& head = R"({"full_name":"pie/hubot"})",
                        const std::string& number = "7", const std::string& base = "main") {
  return R"({"action":")" + action + R"(","number":)" + number +
         R"(,"pull_request":{"title":"Add a thing\nmore","user":{"login":"eve"},"head":{"ref":"topic","sha":")" +
         kSha + R"(","repo":)" + head + R"(},"base":{"ref":")" + base +
         R"("}},"repository":{"full_name":"pie/hubot","clone_url":"https://example.org/pie/hubot.git"}})";
}

TEST(Delivery, TurnsAPullRequestIntoAnEvent) {
  const auto event = std::get<TriggerEvent>(Parse(PullRequest("ready_for_review"), "pull_request"));
  EXPECT_EQ(event.kind, EventKind::kPullRequest);
  EXPECT_EQ(event.action, "ready-for-review");
  EXPECT_EQ(event.pull_request, 7);
  EXPECT_EQ(event.repository, "pie/hubot");
  EXPECT_EQ(event.clone_url, "https://example.org/pie/hubot.git");
  EXPECT_EQ(event.ref, "refs/pull/7/head");
  EXPECT_EQ(event.commit, kSha);
  EXPECT_EQ(event.branch, "main");
  EXPECT_EQ(event.title, "Add a thing");
  EXPECT_EQ(event.author, "eve");
  EXPECT_FALSE(event.fork);
}

TEST(Delivery, TakesAHeadInNoOrAnotherRepositoryForAFork) {
  const auto is_fork = [](const std::string& head) {
    return std::get<TriggerEvent>(Parse(PullRequest("opened", head), "pull_request")).fork;
  };
  EXPECT_FALSE(is_fork(R"({"full_name":"Pie/Hubot","fork":true})"));
  EXPECT_TRUE(is_fork(R"({"full_name":"eve/hubot"})"));
  EXPECT_TRUE(is_fork(R"({"full_name":"eve/renamed","fork":false})"));
  EXPECT_TRUE(is_fork("null"));
  EXPECT_TRUE(is_fork(R"({"full_name":["pie/hubot"]})"));
}

TEST(Delivery, IgnoresWhatNoPipelineCanName) {
  const Delivery delivery = Parse(PullRequest("assigned\\u001b"), "pull_request");
  ASSERT_TRUE(std::holds_alternative<Ignored>(delivery));
  EXPECT_EQ(std::get<Ignored>(delivery).reason.find('\x1b'), std::string::npos);
}

TEST(Delivery, RefusesBrokenPullRequests) {
  const std::string good = PullRequest("opened");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& body :
       {PullRequest("opened", "null", "0"), PullRequest("opened", "null", "-7"),
        PullRequest("opened", "null", "99999999999"), PullRequest("opened", "null", "\"7\""),
        PullRequest("opened", "null", "7", ".."), PullRequest("opened", "null", "7", ""),
        with(kSha, "main"), with("pie/hubot\",\"clone_url", "pie\",\"clone_url"),
        std::string("[]")}) {
    EXPECT_TRUE(std::holds_alternative<Malformed>(Parse(body, "pull_request"))) << body;
  }
}

TEST(Delivery, NeedsExactlyOneEventHeader) {
  EXPECT_TRUE(std::holds_alternative<Malformed>(ParseDelivery({}, Push("refs/heads/a"))));
  EXPECT_TRUE(std::holds_alternative<Malformed>(ParseDelivery(
      {{"X-GitHub-Event", "push"}, {"x-github-event", "push"}}, Push("refs/heads/a"))));
}

TEST(Delivery, RefusesBrokenPayloads) {
  const std::string good = Push("refs/heads/a");
  std::string deep = R"({"a":)";
  for (int i = 0; i < 100'000; ++i) {
    deep += '[';
  }
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("7"), std::string("{}"), good + good,
        good.substr(0, good.size() - 1), deep, Push("refs/heads/a", "main"),
        Push("refs/heads/a", "0123456789ABCDEF0123456789abcdef01234567"), Push("main"),
        Push("refs/heads/a..b"), Push("refs/heads/a\\u0000b"), Push("refs/heads/a\\nb"),
        Push("refs/heads/a", kSha, "m", R"("ref":"refs/heads/b",)"),
        Push("refs/heads/a", kSha, "m", R"("repository":{"full_name":"evil/repo"},)"),
        Push("refs/heads/a", kSha, "\xff\xfe"),
        Push("refs/heads/a", kSha, std::string(70'000, 'x'))}) {
    EXPECT_TRUE(std::holds_alternative<Malformed>(Parse(body))) << body.substr(0, 300);
  }
}

TEST(Delivery, AKeyWithADotIsNoPath) {
  EXPECT_TRUE(std::holds_alternative<TriggerEvent>(
      Parse(Push("refs/heads/a", kSha, "m", R"("repository.full_name":"evil/repo",)"))));
}

TEST(Delivery, LeavesOutACloneUrlThatIsNoRemote) {
  std::string body = Push("refs/heads/a");
  const std::string url = "https://example.org/pie/hubot.git";
  body.replace(body.find(url), url.size(), "file:///etc");
  EXPECT_EQ(std::get<TriggerEvent>(Parse(body)).clone_url, "");
}

TEST(Delivery, CutsALongTitleBetweenCharacters) {
  std::string title;
  for (int i = 0; i < 300; ++i) {
    title += "é";
  }
  EXPECT_EQ(std::get<TriggerEvent>(Parse(Push("refs/heads/a", kSha, title))).title,
            title.substr(0, 500));
  EXPECT_EQ(std::get<TriggerEvent>(Parse(Push("refs/heads/a", kSha, "x" + title))).title,
            ("x" + title).substr(0, 499));
}

TEST(DeliveryId, IsOneShortToken) {
  EXPECT_EQ(DeliveryId({{"x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"}}),
            "72d3162e-cc78-11e3-81ab-4c9367dc0958");
  EXPECT_FALSE(DeliveryId({}));
  EXPECT_FALSE(DeliveryId({{"X-GitHub-Delivery", ""}}));
  EXPECT_FALSE(DeliveryId({{"X-GitHub-Delivery", "a b"}}));
  EXPECT_FALSE(DeliveryId({{"X-GitHub-Delivery", std::string(65, 'a')}}));
  EXPECT_FALSE(DeliveryId({{"X-GitHub-Delivery", "a"}, {"X-GitHub-Delivery", "a"}}));
}

}  // namespace
}  // namespace webhooks
