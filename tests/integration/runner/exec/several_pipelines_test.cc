// A repository with several pipelines, `.runner/NAME.yml`.
#include <nlohmann/json.hpp>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ExecSeveralPipelines : public ExecTest {
 protected:
  ExecSeveralPipelines() {
    Write("lint",
          "steps: {say: {image: busybox, run: echo I am $RUNNER_PIPELINE, network: none}}\n");
    Write("release",
          "on: {push: {branches: [releases]}}\n"
          "steps: {ship: {image: busybox, run: echo shipped, network: none}}\n");
    Write("test",
          "steps:\n  suite:\n    image: busybox\n    network: none\n"
          "    run: echo '<testsuite><testcase name=\"of tests\"/></testsuite>' >r.xml\n"
          "    tests: {junit: r.xml}\n");
  }

  void Write(const std::string& name, const std::string& text) const {
    repository_.Write(".runner/" + name + ".yml", text);
  }
};

TEST_F(ExecSeveralPipelines, RunsEachWhoseTriggersNameTheEvent) {
  const ExecResult result = Exec({"--junit", Scratch("r.xml")});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(result.all(),
              AllOf(HasSubstr("I am lint"), HasSubstr("suite"), Not(HasSubstr("shipped"))));
  EXPECT_EQ(Names("runs").size(), 2u);
  EXPECT_EQ(Record().at("pipeline"), "test");
  EXPECT_THAT(runtime::base::ReadFile(Scratch("r.xml")), HasSubstr("of tests"));

  EXPECT_THAT(Exec({"--branch", "releases"}).all(), HasSubstr("shipped"));
}

TEST_F(ExecSeveralPipelines, OneThatFailsHoldsNoOtherUpAndCounts) {
  Write("lint", "steps: {say: {image: busybox, run: 'false', network: none}}\n");
  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(Record().at("pipeline"), "test");
  EXPECT_EQ(Record().at("outcome"), "passed");
}

TEST_F(ExecSeveralPipelines, AFileThatIsNamedIsRunWhateverItsTriggersSay) {
  const ExecResult result = Exec({"--file", ".runner/release.yml"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(result.all(), HasSubstr("shipped"));
  EXPECT_EQ(Names("runs").size(), 1u);
}

TEST_F(ExecSeveralPipelines, AReplayIsOfTheSamePipeline) {
  ASSERT_EQ(Exec({"--branch", "releases"}).status, 0);
  EXPECT_EQ(Names("runs").size(), 3u);
  for (const std::string& run : Names("runs")) {
    const ExecResult replayed = Run(Command({"exec", "--run", run}));
    EXPECT_EQ(replayed.status, 0) << replayed.all();
  }
}

TEST_F(ExecSeveralPipelines, AResumedRunIsOfTheSamePipeline) {
  Write("release", "steps: {ship: {image: busybox, run: 'false', network: none}}\n");
  EXPECT_EQ(Exec({"--file", ".runner/release.yml"}).status, 1);
  const ExecResult chosen = Exec();  // lint, release, test
  EXPECT_EQ(chosen.status, 1) << chosen.all();
  const std::vector<std::string> runs = Names("runs");
  ASSERT_EQ(runs.size(), 4u);
  const ExecResult resumed = Run(Command({"resume", runs[2], "--from", "ship"}));
  EXPECT_EQ(resumed.status, 1) << resumed.all();
  EXPECT_EQ(Record().at("pipeline"), "release");
}

TEST_F(ExecSeveralPipelines, LintChecksAllOfThemAndPlanShowsWhatWouldRun) {
  Write("broken", "steps: {a: {imag: x}}\n");
  const ExecResult lint = Run(Command({"lint", repository_.path()}));
  EXPECT_EQ(lint.status, 2) << lint.all();
  EXPECT_THAT(lint.out, AllOf(HasSubstr(".runner/broken.yml:1:"), HasSubstr("lint.yml: good"),
                              HasSubstr("release.yml: good")));
  std::filesystem::remove(repository_.path() / ".runner/broken.yml");
  const ExecResult plan = Run(Command({"plan", repository_.path()}));
  EXPECT_EQ(plan.status, 0) << plan.all();
  EXPECT_THAT(plan.out, AllOf(HasSubstr("lint: push of "), HasSubstr("test: push of "),
                              HasSubstr("release: not run: "), Not(HasSubstr("ship"))));
  const ExecResult as_json = Run(Command({"plan", "--json", repository_.path()}));
  EXPECT_EQ(as_json.status, 2);
  EXPECT_THAT(as_json.err, HasSubstr("3 pipelines; name one, for example --file .runner/test.yml"));
}

TEST_F(ExecSeveralPipelines, LinksAndDirectoriesAmongThemAreNone) {
  std::filesystem::create_symlink("/etc/passwd", repository_.path() / ".runner/linked.yml");
  repository_.Write(".runner/inner.yml/file", "");
  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(Names("runs").size(), 2u);
  EXPECT_EQ(Run(Command({"lint", repository_.path()})).status, 0);
}

TEST_F(ExecSeveralPipelines, ADirectoryThatIsALinkHoldsNone) {
  std::filesystem::rename(repository_.path() / ".runner", Scratch("elsewhere"));
  std::filesystem::create_directory_symlink(Scratch("elsewhere"), repository_.path() / ".runner");
  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 2) << result.all();
  EXPECT_THAT(result.all(), HasSubstr("no pipelines in .runner"));
  EXPECT_EQ(Run(Command({"lint", repository_.path()})).status, 2);
}

}  // namespace
}  // namespace runner
