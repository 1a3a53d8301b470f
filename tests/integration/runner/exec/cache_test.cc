// `cache` of a step: what it keeps between runs.
#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;

using ExecCache = ExecTest;

constexpr char kCounts[] = R"(steps:
  count:
    image: busybox
    cache: [/var/kept, vendor]
    run: "echo x >>/var/kept/file; echo y >>vendor/file; wc -l </var/kept/file; wc -l <vendor/file")";

TEST_F(ExecCache, KeepsWhatAStepWroteForItsNextRun) {
  Pipeline(kCounts);
  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("count"), HasSubstr("cache /var/kept: empty, nothing was saved under this key"));
  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("count"), HasSubstr("cache /var/kept: 4.0 KiB, saved 1 time"));
  EXPECT_THAT(Log("count"), HasSubstr("2\n"));
  EXPECT_THAT(Log("count"), Not(HasSubstr("1\n")));
}

TEST_F(ExecCache, IsAnotherOneUnderAnotherKey) {
  const auto pipeline = [&](const std::string& key) {
    Pipeline("steps:\n  a: {image: busybox, cache: [{path: /kept, key: '" + key +
             "'}], run: \"ls /kept; echo x >/kept/file\"}");
  };
  pipeline("one");
  ASSERT_EQ(Exec().status, 0);
  pipeline("two");
  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("a"), HasSubstr("nothing was saved under this key yet"));
  pipeline("one");
  ASSERT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("a"), HasSubstr("file"));
}

TEST_F(ExecCache, IsNotChangedByAStepThatFails) {
  Pipeline(R"(steps:
  a: {image: busybox, cache: [/kept], run: "test -e /kept/file || { echo x >/kept/file; false; }"})");
  EXPECT_EQ(Exec().status, 1);
  EXPECT_EQ(Exec().status, 1);
}

TEST_F(ExecCache, IsNeitherPartOfTheImageNorOfTheWorkspace) {
  Pipeline(R"(steps:
  a: {image: busybox, cache: [vendor], run: "echo x >vendor/file"}
  b: {image: busybox, run: "test ! -e vendor/file"})");
  const ExecResult result = Exec();
  EXPECT_EQ(result.status, 0) << result.all();
}

// CVE-2022-1423.
TEST_F(ExecCache, IsOfOneRepository) {
  Pipeline(kCounts);
  ASSERT_EQ(Exec().status, 0);
  const tests::GitRepository other(Scratch("other"));
  other.Write(".runner.yml", kCounts);
  other.Commit("first");
  ASSERT_EQ(Run(Command({"exec", other.path(), "-q"})).status, 0);
  EXPECT_THAT(Log("count"), HasSubstr("cache /var/kept: empty, nothing was saved under this key"));
}

// A stranger may have written what a pull request runs.
TEST_F(ExecCache, OfAPullRequestIsReadAndNeverWritten) {
  Pipeline(R"(steps:
  a:
    image: busybox
    cache: [/kept, {path: /secret, trusted-only: true}]
    run: "cat /kept/file /secret/file || true; echo $RUNNER_EVENT >/kept/file; echo $RUNNER_EVENT >/secret/file")");
  ASSERT_EQ(Exec({"--event", "push"}).status, 0);
  ASSERT_EQ(Exec({"--event", "pull-request"}).status, 0);
  EXPECT_THAT(Log("a"), HasSubstr("cache /secret: empty, since it is for trusted runs only"));
  EXPECT_THAT(Log("a"), HasSubstr("push"));
  ASSERT_EQ(Exec({"--event", "push"}).status, 0);
  EXPECT_THAT(Log("a"), Not(HasSubstr("pull-request")));
}

}  // namespace
}  // namespace runner
