// `paths` of `on`: what a push changed, by the repository's own history.
#include <nlohmann/json.hpp>

#include "tests/integration/runner/serve_fixture.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

class ServePaths : public ServeTest {
 protected:
  // Changes one file and pushes; how the run ended, and why.
  std::string EndAfterChange(const std::string& file, const std::string& branch = "main") {
    work_.Write(file, "x" + std::to_string(++changes_));
    const std::string id = PushPipeline(
        "name: ci\non: {push: {paths: [\"src/**\"], paths-ignore: [\"**/*.md\"]}}\n"
        "steps: {greet: {image: busybox, run: echo hello, network: none}}\n",
        branch);
    nlohmann::json record;
    const bool ended = tests::WaitUntil(
        [&] {
          const auto text = runtime::base::ReadFileIfExists(state_.runs() / id / "record.json");
          record = nlohmann::json::parse(text.value_or("{}"));
          return record.value("state", "") == "finished";
        },
        std::chrono::seconds(30));
    EXPECT_TRUE(ended);
    return record.value("outcome", "") + " " + record.value("reason", "");
  }

  int changes_ = 0;
};

TEST_F(ServePaths, ALaterPushRunsOnlyWhenItChangedOneOfThem) {
  StartServer();
  // A branch that is new was nothing before.
  EXPECT_EQ(EndAfterChange("docs/a"), "passed ");
  EXPECT_EQ(EndAfterChange("docs/a"), "skipped none of the 1 changed files passes on.push.paths");
  EXPECT_EQ(EndAfterChange("src/README.md"),
            "skipped none of the 1 changed files passes on.push.paths");
  EXPECT_EQ(EndAfterChange("src/deep/a.c"), "passed ");
  // Several commits of one push count together.
  work_.Write("src/b.c", "b");
  work_.Commit("Change a source");
  EXPECT_EQ(EndAfterChange("docs/a"), "passed ");
}

}  // namespace
}  // namespace runner
