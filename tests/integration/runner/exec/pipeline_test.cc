// The product's purpose, as one command: clone, build, test inside the image, push what passed.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "tests/integration/runner/exec/exec_test.h"
#include "tests/support/command.h"
#include "tests/support/registry_server.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ExecPipeline : public ExecTest {
 protected:
  ExecPipeline() {
    Pipeline(FourSteps(registry_.host()));
    repository_.Write("suite.sh", SuiteScript(kPassingJunit));
    repository_.Write("message", "committed\n");
    commit_ = repository_.Commit("Begin");
  }

  // What an independent client finds: a digest, or its error.
  std::string DigestAt(const std::string& tag) const {
    std::string digest =
        tests::RunCommand({"skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}",
                           "docker://" + registry_.host() + "/four:" + tag})
            .output;
    digest.erase(digest.find_last_not_of('\n') + 1);
    return digest;
  }

  // A file of the image that the newest run built.
  std::string FileInImage(const std::string& path) const {
    const std::string digest = Step("package").at("image_digest");
    return Run(Command({"run", digest, "cat", path})).out;
  }

  tests::RegistryServer registry_;
  std::string commit_;
};

TEST_F(ExecPipeline, PassesAndPushesTheDigestThatTheTestsRanIn) {
  const ExecResult result = Exec();

  ASSERT_EQ(result.status, 0) << result.all();
  const std::string tested = Step("test").at("image_digest");
  EXPECT_EQ(DigestAt("latest"), tested);
  EXPECT_EQ(DigestAt(commit_.substr(0, 12)), tested);
  EXPECT_THAT(result.out, HasSubstr("pushed " + registry_.host() + "/four:latest@" + tested));
  EXPECT_THAT(result.out, HasSubstr("1 test: 1 passed"));
  EXPECT_THAT(result.out, HasSubstr("four: passed in "));
  EXPECT_THAT(Leftovers(), IsEmpty());
}

TEST_F(ExecPipeline, KeepsARecordWithEveryStepOfTheRun) {
  ASSERT_EQ(Exec().status, 0);

  const nlohmann::json record = Record();
  EXPECT_EQ(record.at("outcome"), "passed");
  EXPECT_EQ(record.at("commit"), commit_);
  std::vector<std::string> steps;
  for (const nlohmann::json& step : record.at("steps")) {
    steps.push_back(step.at("name"));
    EXPECT_EQ(step.at("outcome"), "passed") << step;
  }
  EXPECT_THAT(steps, testing::ElementsAre("clone", "build", "package", "test", "push"));
}

TEST_F(ExecPipeline, TakesUncommittedChangesAlong) {
  repository_.Write("message", "changed since\n");

  ASSERT_EQ(Exec({"--no-push"}).status, 0);
  EXPECT_EQ(FileInImage("/usr/share/message"), "changed since\n");
}

TEST_F(ExecPipeline, LeavesIgnoredFilesOut) {
  repository_.Write(".gitignore", "*.o\n");
  repository_.Write("left-over.o", "object");
  repository_.Write("new-file", "untracked");
  Pipeline("steps: {list: {image: busybox, argv: [ls]}}");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("list"), HasSubstr("new-file"));
  EXPECT_THAT(Log("list"), Not(HasSubstr("left-over.o")));
}

TEST_F(ExecPipeline, TakesThatCommitWhenOneIsNamed) {
  repository_.Write("message", "second\n");
  repository_.Commit("Go on");
  repository_.Write("message", "changed since\n");

  ASSERT_EQ(Exec({"--commit", commit_.substr(0, 10), "--no-push"}).status, 0);
  EXPECT_EQ(FileInImage("/usr/share/message"), "committed\n");
  EXPECT_EQ(Record().at("commit"), commit_);
}

TEST_F(ExecPipeline, WritesTheSameTreeOnlyOnce) {
  ASSERT_EQ(Exec({"--no-push"}).status, 0);
  const std::vector<std::string> layers = Layers();

  ASSERT_EQ(Exec({"--no-push"}).status, 0);
  EXPECT_EQ(Layers(), layers);
  ASSERT_EQ(Exec({"--no-push", "--commit", "HEAD"}).status, 0);
  EXPECT_EQ(Layers(), layers) << "a clean working tree is the commit's tree";
}

TEST_F(ExecPipeline, GivesTheSameImageForTheSameCommit) {
  ASSERT_EQ(Exec({"--no-push"}).status, 0);
  const std::string first = Step("package").at("image_digest");

  ASSERT_EQ(Exec({"--no-push"}).status, 0);
  EXPECT_EQ(Step("package").at("image_digest"), first);
}

TEST_F(ExecPipeline, SkipsThePushWhenAskedTo) {
  const ExecResult result = Exec({"--no-push"});

  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(Step("push").at("outcome"), "skipped");
  EXPECT_THAT(DigestAt("latest"), HasSubstr("unknown"));
}

TEST_F(ExecPipeline, SaysOnlyTheResultWhenQuiet) {
  const ExecResult result = Exec({"-q"});

  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 3) << result.out;
}

TEST_F(ExecPipeline, PushesNothingWhenATestFails) {
  repository_.Write("suite.sh", SuiteScript(kFailingJunit));
  const ExecResult result = Exec({"--junit", Scratch("report.xml")});

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(DigestAt("latest"), HasSubstr("unknown"));
  EXPECT_THAT(result.out, HasSubstr("2 tests: 1 passed, 1 failed"));
  EXPECT_THAT(result.out, HasSubstr("FAILED suite.divides  src/divide.c:42"));
  EXPECT_THAT(result.out, HasSubstr("expected 2, got 3"));
  const std::string report = runtime::base::ReadFile(Scratch("report.xml"));
  EXPECT_THAT(report, HasSubstr("name=\"divides\""));
  EXPECT_THAT(report, HasSubstr("file=\"src/divide.c\" line=\"42\""));
  EXPECT_THAT(report, HasSubstr("message=\"expected 2, got 3\""));
}

}  // namespace
}  // namespace runner
