// Steps that try to have files of the host collected in place of their own (moby GHSA-rg2x,
// CVE-2018-15664).
#include <nlohmann/json.hpp>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ExecHostileStep : public ExecTest {
 protected:
  ExecHostileStep() {
    fs::create_directories(Scratch("canary"));
    runtime::base::WriteFileAtomically(Scratch("canary") / "file.txt", "key=of-the-host\n");
  }
  // All that the run left, but for its layers, as text.
  std::string Everything() const {
    std::string text;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(RunPath())) {
      if (entry.is_regular_file() && !entry.is_symlink()) {
        text += runtime::base::ReadFile(entry.path());
      }
    }
    return text;
  }
};

TEST_F(ExecHostileStep, GetsNoArtifactThroughALink) {
  const std::string canary = Scratch("canary");
  Pipeline(R"(steps:
  link:
    image: busybox
    run: |
      ln -s )" +
           canary + R"(/file.txt link.txt
      ln -s )" +
           canary + R"( directory
      ln -s ../../../../../../../..)" +
           canary + R"( up
      echo own >own.txt
    artifacts: ["*.txt", "directory/*", "up/*", "up/**"])");

  ASSERT_EQ(Exec().status, 0);
  const fs::path artifacts = RunPath() / "artifacts/link";
  EXPECT_EQ(runtime::base::ReadFile(artifacts / "own.txt"), "own\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(artifacts), fs::directory_iterator()), 1);
  EXPECT_THAT(Everything(), Not(HasSubstr("of-the-host")));
}

TEST_F(ExecHostileStep, GetsNoReportThroughALink) {
  const fs::path report = Scratch("canary") / "report.xml";
  runtime::base::WriteFileAtomically(report, kPassingJunit);
  Pipeline(R"(steps:
  test:
    image: busybox
    run: "mkdir reports; ln -s )" +
           report.string() + R"( reports/r.xml; mkfifo reports/f.xml"
    tests: {junit: "reports/*.xml"})");

  EXPECT_EQ(Exec().status, 1);
  EXPECT_THAT(Step("test").at("reason"), HasSubstr("no test"));
}

TEST_F(ExecHostileStep, AnswersThroughNoLink) {
  Pipeline(R"(steps:
  answer: {image: busybox, run: "ln -sf )" +
           Scratch("canary").string() + R"(/file.txt $RUNNER_OUTPUT"})");

  EXPECT_NE(Exec().status, 0);
  EXPECT_THAT(Step("answer").at("reason"), HasSubstr("read RUNNER_OUTPUT"));
  EXPECT_THAT(Everything(), Not(HasSubstr("of-the-host")));
}

TEST_F(ExecHostileStep, SummarizesThroughNoLink) {
  Pipeline(R"(steps:
  tell: {image: busybox, run: "ln -sf )" +
           Scratch("canary").string() + R"(/file.txt $RUNNER_SUMMARY"})");

  EXPECT_NE(Exec().status, 0);
  EXPECT_THAT(Step("tell").at("reason"), HasSubstr("read RUNNER_SUMMARY"));
  EXPECT_THAT(Everything(), Not(HasSubstr("of-the-host")));
}

// As GitHub's set-env once did (CVE-2020-15228), and what was written for it.
TEST_F(ExecHostileStep, ChangesNoVariableOfALaterStep) {
  Pipeline(R"(steps:
  first:
    image: busybox
    run: |
      set +x
      echo "::set-env name=LD_PRELOAD::/evil"
      echo "::add-path::/evil"
      echo "##vso[task.setvariable variable=BASH_ENV]/evil"
      for name in LD_PRELOAD PATH BASH_ENV GIT_SSH_COMMAND; do
        echo "$name=/evil" >>"$RUNNER_OUTPUT"
      done
  second: {image: busybox, argv: [env]})");

  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("second"), HasSubstr("PATH="));
  EXPECT_THAT(Log("second"), Not(HasSubstr("evil")));
}

}  // namespace
}  // namespace runner
