// Health checks of containers, from the image or by options.
#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/base/files.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class LifecycleHealth : public LifecycleTest {
 protected:
  static std::string Health(const std::string& format = "{{.State.Health.Status}}") {
    return Inspect("box", format);
  }
  static bool Becomes(const std::string& status) {
    return WaitUntil([&] { return Health() == status; }, seconds(20));
  }
  static std::string Shown() {
    return Ok({"ps", "--filter", "name=box", "--format", "{{.Status}}"});
  }
  static Words Check(const std::string& command, const Words& more = {}) {
    Words words = {"--name", "box", "--health-cmd", command};
    words.insert(words.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--health-interval") == more.end()) {
      words.insert(words.end(), {"--health-interval", "50ms"});
    }
    return words;
  }
};

TEST_F(LifecycleHealth, FollowsItsCheck) {
  Start(Check("test -e /well", {"--health-retries", "2", "--health-start-period", "1h"}),
        "exec sleep 1000");
  EXPECT_THAT(Shown(), HasSubstr("(health: starting)"));
  EXPECT_EQ(Ok({"ps", "-q", "--filter", "health=starting"}).empty(), false);
  Ok({"exec", "box", "touch", "/well"});
  EXPECT_TRUE(Becomes("healthy"));
  EXPECT_THAT(Shown(), HasSubstr("(healthy)"));
  EXPECT_EQ(Health("{{.State.Health.FailingStreak}}"), "0");
  Ok({"exec", "box", "rm", "/well"});
  EXPECT_TRUE(Becomes("unhealthy"));
  EXPECT_THAT(Shown(), HasSubstr("(unhealthy)"));
  EXPECT_EQ(Status("box"), "running");
  EXPECT_EQ(Ok({"ps", "-q", "--filter", "health=healthy"}), "");
}

TEST_F(LifecycleHealth, FailuresOfTheStartPeriodDontCount) {
  Start(Check("echo no; exit 1", {"--health-retries", "1", "--health-start-period", "1h"}),
        "exec sleep 1000");
  EXPECT_TRUE(WaitUntil(
      [] { return Health("{{.State.Health.Log}}").find("no") != std::string::npos; }, seconds(20)));
  EXPECT_EQ(Health(), "starting");
}

TEST_F(LifecycleHealth, KeepsTheLastFiveChecksWithABoundOnWhatTheySay) {
  Start(Check("head -c 1000000 /dev/zero | tr '\\0' x; echo said >&2; exit 3"), "exec sleep 1000");
  EXPECT_TRUE(Becomes("unhealthy"));
  EXPECT_TRUE(WaitUntil(
      [] {
        const std::string log = Health("{{.State.Health.Log}}");
        size_t count = 0;
        for (size_t at = 0; (at = log.find("ExitCode", at)) != std::string::npos; ++at) {
          ++count;
        }
        return count == 5;
      },
      seconds(20)));
  const std::string log = Health("{{.State.Health.Log}}");
  EXPECT_LT(log.size(), 5 * 4096 + 2000);
  EXPECT_THAT(log, HasSubstr("xxxx"));
}

TEST_F(LifecycleHealth, AHungCheckIsEndedWithAllThatItStarted) {
  Start(Check("setsid sh -c 'sleep 7777 & sleep 7778' & sleep 7779",
              {"--health-timeout", "300ms", "--health-retries", "1", "--health-interval", "2s"}),
        "exec sleep 1000");
  EXPECT_TRUE(Becomes("unhealthy"));
  EXPECT_THAT(Health("{{.State.Health.Log}}"), HasSubstr("the check took longer than 300 ms"));
  EXPECT_THAT(Ok({"top", "box"}), Not(HasSubstr("sleep 777")));
}

TEST_F(LifecycleHealth, IsThatOfTheImage) {
  MakeImage("checked", "true",
            {"HEALTHCHECK --interval=50ms --retries=1 CMD [\"test\", \"-e\", \"/well\"]"});
  const auto run = [](const Words& options) {
    Words words = {"-d", "--name", "box"};
    words.insert(words.end(), options.begin(), options.end());
    EXPECT_EQ(RunToEnd(RunWords(words, {"sleep", "1000"}, "checked")).code, 0);
  };
  run({});
  EXPECT_TRUE(Becomes("unhealthy"));
  Ok({"exec", "box", "touch", "/well"});
  EXPECT_TRUE(Becomes("healthy"));
  Ok({"rm", "-f", "box"});
  run({"--no-healthcheck"});
  EXPECT_EQ(Ok({"ps", "-q", "--filter", "health=none"}).empty(), false);
  Ok({"rm", "-f", "box"});
  run({"--health-cmd", "true"});  // With the image's interval.
  EXPECT_TRUE(Becomes("healthy"));
}

TEST_F(LifecycleHealth, BeginsAnewWithEachStart) {
  Start(Check("test -e /well"), "exec sleep 1000");
  Ok({"exec", "box", "touch", "/well"});
  EXPECT_TRUE(Becomes("healthy"));
  Ok({"exec", "box", "rm", "/well"});
  Ok({"kill", "box"});
  Ok({"wait", "box"});
  EXPECT_THAT(Ok({"ps", "-a", "--filter", "name=box", "--format", "{{.Status}}"}),
              Not(HasSubstr("healthy")));
  Ok({"start", "box"});
  EXPECT_TRUE(Becomes("unhealthy"));
}

TEST_F(LifecycleHealth, RunsBehindTheContainersWalls) {
  Start(Check("id -u; grep -c . /proc/self/mountinfo >/dev/null; grep NoNewPrivs /proc/self/status",
              {"-u", "1000"}),
        "exec sleep 1000");
  EXPECT_TRUE(Becomes("healthy"));
  const std::string log = Health("{{.State.Health.Log}}");
  EXPECT_THAT(log, HasSubstr("1000"));
  EXPECT_THAT(log, HasSubstr("NoNewPrivs:\\t1"));
}

TEST_F(LifecycleHealth, RefusesWhatIsNone) {
  const auto refused = [](const Words& options) {
    return RunToEnd(RunWords(options, {"true"})).code;
  };
  EXPECT_EQ(refused({"--health-cmd", "true", "--no-healthcheck"}), 125);
  EXPECT_EQ(refused({"--health-cmd", "true", "--health-interval", "soon"}), 125);
  EXPECT_EQ(refused({"--health-cmd", "true", "--health-retries", "-1"}), 125);
}

}  // namespace
}  // namespace tests
