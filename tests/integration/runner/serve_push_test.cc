// git push -> hook -> signed webhook -> run in containers -> registry, commit status, pages: all
// real.
#include <nlohmann/json.hpp>

#include "tests/integration/runner/serve_fixture.h"
#include "tests/support/command.h"
#include "tests/support/registry_server.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;

// Builds, packages, tests in the package, pushes.
std::string WholePipeline(const std::string& registry) {
  return R"(name: ci
steps:
  build:
    image: busybox
    run: |
      mkdir -p out/app reports
      echo hello >out/app/greeting
    network: none
  package:
    image-build: {from: busybox, copy: {out/: /}}
  test:
    image: ${{ steps.package.image }}
    run: |
      grep hello /app/greeting
      echo '<testsuite name="greeting"><testcase name="greets"/><testcase name="is short"/></testsuite>' >reports/r.xml
    tests: {junit: "reports/*.xml"}
    network: none
  push:
    push: {image: "${{ steps.package.image }}", to: )" +
         registry + R"(/pie/hubot, tags: ["${{ commit.short }}", latest]}
)";
}

TEST_F(ServeTest, APushRunsAndItsTestedImageReachesTheRegistry) {
  const tests::RegistryServer registry;
  StartServer();
  const std::string id = PushPipeline(WholePipeline(registry.host()));
  const auto statuses = github_.Await(2);
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0], "pending runner/ci: running");
  EXPECT_THAT(statuses[1], testing::StartsWith("success runner/ci: passed in "));
  for (const serve::HttpCall& call : github_.calls()) {
    EXPECT_EQ(call.target, "/repos/pie/hubot/statuses/" + head());
    EXPECT_THAT(call.body, HasSubstr("https://ci.example.org/runs/" + id));
  }

  const std::string page = Page("/runs/" + id);
  EXPECT_THAT(page, HasSubstr("<h1>Greet the world</h1>"));
  EXPECT_THAT(page, HasSubstr("2 tests: 2 passed"));
  EXPECT_THAT(page, HasSubstr("/runs/" + id + "/junit.xml"));
  EXPECT_THAT(page, HasSubstr(registry.host() + "/pie/hubot:latest"));
  EXPECT_THAT(Page("/runs/" + id + "/junit.xml"), HasSubstr("name=\"is short\""));
  EXPECT_THAT(Page("/runs/" + id + "/log/test"), HasSubstr("grep hello /app/greeting"));
  EXPECT_THAT(Page("/"), HasSubstr("/runs/" + id));

  const auto record =
      nlohmann::json::parse(runtime::base::ReadFile(state_.runs() / id / "record.json"));
  std::string tested;
  for (const auto& step : record["steps"]) {
    if (step["name"] == "test") {
      tested = step["image_digest"];
    }
  }
  const std::string image = "docker://" + registry.host() + "/pie/hubot:";
  for (const std::string& tag : {std::string("latest"), head().substr(0, 12)}) {
    const auto seen = tests::RunCommand(
        {"skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", image + tag});
    EXPECT_EQ(seen.output, tested + "\n");
  }
}

TEST_F(ServeTest, AFailingTestIsToldToTheForgeAndNamedOnThePage) {
  StartServer();
  const std::string id = PushPipeline(R"(name: ci
steps:
  test:
    image: busybox
    network: none
    run: |
      echo '<testsuite name="greeting"><testcase name="greets"><failure message="no greeting">greeting.cc:7</failure></testcase></testsuite>' >r.xml
    tests: {junit: r.xml}
)");
  const auto statuses = github_.Await(2);
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_THAT(statuses[1], testing::StartsWith("failure runner/ci: failed"));
  const std::string page = Page("/runs/" + id);
  EXPECT_THAT(page, HasSubstr("1 test: 0 passed, 1 failed"));
  EXPECT_THAT(page, HasSubstr("greets"));
  EXPECT_THAT(page, HasSubstr("no greeting"));
}

TEST_F(ServeTest, AnInvalidPipelineFileIsToldToTheForgeAndExplainedOnThePage) {
  StartServer();
  const std::string id = PushPipeline("steps:\n  build: {imag: busybox, run: make}\n");
  const auto statuses = github_.Await(1);
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_THAT(statuses[0], testing::MatchesRegex("(failure|error) runner.*"));
  const std::string page = Page("/runs/" + id);
  EXPECT_THAT(page, HasSubstr(".runner.yml:2:"));
  EXPECT_THAT(page, HasSubstr("imag"));
}

TEST_F(ServeTest, ABranchNameOfShellAndHtmlTextIsOnlyData) {
  StartServer();
  const std::string branch = "$(touch${IFS}/tmp/x)`id`\"><script>alert(1)</script>&amp;'%0d%0a;x";
  const std::string id = PushPipeline(R"(name: ci
steps:
  show: {image: busybox, run: 'echo "branch=$RUNNER_BRANCH"', network: none}
)",
                                      branch);
  const auto statuses = github_.Await(2);
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_THAT(statuses[1], testing::StartsWith("success runner/ci: "));
  const std::string shown =
      "$(touch${IFS}/tmp/x)`id`&quot;&gt;&lt;script&gt;alert(1)&lt;/"
      "script&gt;&amp;amp;&#39;%0d%0a;x";
  EXPECT_THAT(Page("/runs/" + id + "/log/show"), HasSubstr("branch=" + shown));
  for (const std::string& target : {std::string("/"), "/runs/" + id}) {
    EXPECT_THAT(Page(target), HasSubstr(shown));
    EXPECT_THAT(Page(target), Not(HasSubstr("<script")));
  }
}

}  // namespace
}  // namespace runner
