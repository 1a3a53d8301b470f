// Pull requests: which of their events start a run, and what one from a fork may do.
#include <nlohmann/json.hpp>

#include "runtime/image/image_store.h"
#include "tests/integration/runner/serve_gate.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using tests::Ask;

class ServePullRequest : public ServeGateTest {
 protected:
  // What GitHub sends when the pull request 7, of what is checked out, is acted upon.
  std::string Act(const std::string& action, const std::string& from = "pie/hubot") {
    work_.Git({"push", "-q", "--force", "origin", "HEAD:refs/pull/7/head"});
    const nlohmann::json payload = {{"action", action},
                                    {"number", 7},
                                    {"repository", {{"full_name", "pie/hubot"}}},
                                    {"pull_request",
                                     {{"title", "Add a thing"},
                                      {"user", {{"login", "eve"}}},
                                      {"head", {{"sha", head()}, {"repo", {{"full_name", from}}}}},
                                      {"base", {{"ref", "main"}}}}}};
    std::string request = serve::DeliveryRequest(payload.dump(), "p" + std::to_string(++sent_));
    const std::string push = "X-GitHub-Event: push";
    request.replace(request.find(push), push.size(), "X-GitHub-Event: pull_request");
    return serve::RunOf(Ask(address_, request));
  }
  // Of a fork: the stranger's file and what the repository has on main.
  void Stranger(const std::string& main, const std::string& fork) {
    work_.Write(".runner.yml", main);
    work_.Commit("What main has");
    work_.Git({"push", "-q", "origin", "HEAD:refs/heads/main"});
    work_.Write(".runner.yml", fork);
    work_.Write("added", "by eve\n");
    work_.Commit("What eve has");
  }

 private:
  int sent_ = 0;
};

TEST_F(ServePullRequest, StartsARunForTheActionsThatTheFileNames) {
  StartServer();
  work_.Write(".runner.yml",
              "name: ci\non: {pull-request: {types: [labeled, ready-for-review]}}\n"
              "steps:\n  show:\n    image: busybox\n    network: none\n"
              "    run: echo \"$RUNNER_EVENT $RUNNER_PR $RUNNER_BRANCH\"\n");
  work_.Commit("Greet the world");
  const std::string opened = Act("opened");
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + opened, "skipped"));
  EXPECT_THAT(Page("/runs/" + opened),
              HasSubstr("on.pull-request.types doesn&#39;t name &quot;opened&quot;"));
  for (const char* action : {"labeled", "ready_for_review"}) {
    const std::string id = Act(action);
    ASSERT_TRUE(AwaitPassed(id)) << action;
    EXPECT_THAT(Page("/runs/" + id + "/log/show"), HasSubstr("pull-request 7 main"));
  }
  // The one that started nothing left the commit's status alone.
  const auto statuses = github_.Await(4);
  ASSERT_EQ(statuses.size(), 4u);
  EXPECT_EQ(statuses[0], "pending runner/ci/pull-request: running");
  EXPECT_THAT(statuses[1], StartsWith("success runner/ci/pull-request: passed"));
}

TEST_F(ServePullRequest, StartsARunForTheUsualActionsWithoutTypes) {
  StartServer();
  work_.Write(".runner.yml", kOneStep);
  work_.Commit("Greet the world");
  for (const char* action : {"opened", "synchronize", "reopened"}) {
    EXPECT_TRUE(AwaitPassed(Act(action))) << action;
  }
  for (const char* action : {"closed", "edited", "labeled"}) {
    EXPECT_TRUE(serve::AwaitPage(address_, "/runs/" + Act(action), "skipped")) << action;
  }
  EXPECT_EQ(Act("assigned"), "");
}

TEST_F(ServePullRequest, OfAForkRunsByTheFileOfTheBranchItIsFor) {
  StartServer();
  Stranger("name: ours\nsteps:\n  show: {image: busybox, network: none, run: cat added}\n",
           "name: theirs\nsteps:\n  steal: {image: busybox, network: none, run: echo stolen}\n");
  const std::string id = Act("opened", "eve/hubot");
  ASSERT_TRUE(AwaitPassed(id));
  const std::string page = Page("/runs/" + id);
  EXPECT_THAT(page, HasSubstr("<dd>ours</dd>"));
  EXPECT_THAT(page, HasSubstr("7, from a fork"));
  EXPECT_THAT(page, Not(HasSubstr("steal")));
  EXPECT_THAT(Page("/runs/" + id + "/log/show"), HasSubstr("by eve"));
}

TEST_F(ServePullRequest, OfTheRepositoryItselfRunsByItsOwnFile) {
  StartServer();
  Stranger(
      "name: old\nsteps: {a: {image: busybox, network: none, run: \"true\"}}\n",
      "name: new\nsteps: {a: {image: busybox, network: none, secrets: [gate], run: \"true\"}}\n");
  const std::string id = Act("opened");
  ASSERT_TRUE(AwaitPassed(id));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("<dd>new</dd>"));
}

TEST_F(ServePullRequest, OfAForkGetsNoSecretAndPushesNothing) {
  StartServer();
  const std::string file = R"(name: ci
steps:
  package: {image-build: {from: busybox}}
  push: {push: {image: "${{ steps.package.image }}", to: 127.0.0.1:1/x/y, untested: true}}
  peek: {image: busybox, network: none, needs: [], secrets: [gate], argv: [wc, -c, /run/secrets/gate]}
)";
  Stranger(file, file);
  const std::string id = Act("opened", "eve/hubot");
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + id, "<dt>Duration"));
  const std::string page = Page("/runs/" + id);
  EXPECT_THAT(page, HasSubstr("pushing is switched off"));
  EXPECT_THAT(page, HasSubstr("secret gate wasn&#39;t given to this run"));
  EXPECT_THAT(Page("/runs/" + id + "/log/peek"), Not(HasSubstr("5 /run/secrets/gate")));
}

TEST_F(ServePullRequest, OfAForkHasVolumesOfItsOwn) {
  StartServer();
  const std::string file = R"(name: ci
steps:
  use:
    image: busybox
    network: none
    volumes: ["data:/data"]
    run: if test -e added; then touch /data/poison; else test ! -e /data/poison; fi
)";
  Stranger(file, file);
  ASSERT_TRUE(AwaitPassed(Act("opened", "eve/hubot")));
  work_.Git({"rm", "-q", "added"});
  EXPECT_TRUE(AwaitPassed(PushPipeline(file + "# ours\n")));
}

TEST_F(ServePullRequest, OfAForkMountsNothingOfTheHost) {
  const auto allowed = directory_.path() / "allowed";
  runtime::base::MakeDirectories(allowed, 0755);
  Configure("    clone: " + git_.Url("open/hubot.git") + "\n    volume-allow: [\"" +
            allowed.string() + "\"]\n");
  StartServer();
  const std::string file = "name: ci\nsteps:\n  look:\n    image: busybox\n    network: none\n" +
                           std::string("    volumes: [\"") + allowed.string() +
                           ":/host:ro\"]\n    run: ls /host\n";
  Stranger(file, file);
  const std::string id = Act("opened", "eve/hubot");
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + id, "<dt>Duration"));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("of this host isn&#39;t allowed to pipelines"));
  EXPECT_TRUE(AwaitPassed(PushPipeline(file + "# ours\n")));
}

TEST_F(ServePullRequest, NamesNoImageForOthers) {
  StartServer();
  const runtime::image::ImageStore store(state_);
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& tagged : store.List()) {
      all.push_back(tagged.name);
    }
    return all;
  };
  const auto before = names();
  const std::string file =
      "name: ci\nsteps:\n  package: {image-build: {from: busybox, labels: {by: eve}}}\n"
      "  use: {image: \"${{ steps.package.image }}\", network: none, run: \"true\"}\n";
  for (const char* from : {"eve/hubot", "pie/hubot"}) {
    Stranger(file, file);
    ASSERT_TRUE(AwaitPassed(Act("opened", from))) << from;
    EXPECT_EQ(names(), before) << from;
  }
}

TEST_F(ServePullRequest, OfAForkEndsNoRunOfItsGroup) {
  StartServer();
  const std::string group = "concurrency: {group: deploy, cancel-superseded: true}\n";
  const std::string trusted = PushGated(group);
  ASSERT_TRUE(AwaitHeld(trusted));
  work_.Write("added", "by eve\n");
  work_.Commit("What eve has");
  const std::string id = Act("opened", "eve/hubot");
  // It has its turn beside the other one, and ends for want of the secret.
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + id, "<dt>Duration"));
  EXPECT_THAT(Page("/runs/" + trusted), HasSubstr("running"));
}

}  // namespace
}  // namespace runner
