// samples/images/tiny-base: a base image with supervision, busybox and cron.
#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>

#include "tests/integration/supervise/supervise_fixture.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

class TinyBase : public SuperviseTest {
 protected:
  static void SetUpTestSuite() {
    SuperviseTest::SetUpTestSuite();
    const Output made = RunToEnd(
        {fs::path(std::getenv("RUNNER_SOURCE")) / "samples/images/tiny-base/make", Runner({})[0]});
    ASSERT_EQ(made.code, 0) << made.errors;
  }
};

TEST_F(TinyBase, HasLessThanFourMegabytes) {
  const Output output = Run({"--entrypoint", "sh"}, {"-c", "du -sxk / | cut -f1"}, "tiny-base");
  EXPECT_GT(std::stoi(output.text), 1000);
  EXPECT_LT(std::stoi(output.text), 4000);
}

TEST_F(TinyBase, RunsACronJobAndShowsItsOutput) {
  const std::string jobs = MakeDirectory("crontabs");
  runtime::base::WriteFileAtomically(jobs + "/root", "* * * * * echo job of $USER\n");
  Process process(RunWords({"-v", jobs + ":/var/spool/cron/crontabs:ro"}, {}, "tiny-base"));
  process.ReadUntil("cron: job of root\n");  // Within a minute.
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST_F(TinyBase, IsWhatTheSampleOfAServiceStandsOn) {
  const fs::path sample = scratch() / "tiny-service";
  fs::copy(fs::path(std::getenv("RUNNER_SOURCE")) / "samples/tiny-service", sample,
           fs::copy_options::recursive);
  const Output repository =
      RunToEnd({"sh", "-ec",
                "cd \"$0\"; git init --quiet --initial-branch main; git add --all\n"
                "git -c user.name=t -c user.email=t@example.org commit --quiet -m sample",
                sample});
  ASSERT_EQ(repository.code, 0) << repository.errors;
  const Output output = RunToEnd(Runner({"exec", sample}));
  EXPECT_EQ(output.code, 0) << output.text << output.errors;
  EXPECT_THAT(output.text, HasSubstr("4 tests: 4 passed"));
}

TEST_F(TinyBase, RunsACommandBesideItsServices) {
  const Output output = Run({}, {"runner-init", "status"}, "tiny-base");
  EXPECT_EQ(output.code, 0) << output.errors;
  EXPECT_THAT(output.text, HasSubstr("cron: up"));
}

}  // namespace
}  // namespace tests
