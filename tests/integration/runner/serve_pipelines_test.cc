// One push, several pipelines: a run and a commit status for each.
#include "tests/integration/runner/serve_fixture.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class ServePipelines : public ServeTest {
 protected:
  void Write(const std::string& name, const std::string& text) const {
    work_.Write(".runner/" + name + ".yml", text);
  }
  void PushAll(const std::string& branch = "main") {
    work_.Commit("Greet the world");
    Push(branch);
  }
};

constexpr char kGreet[] = "steps: {greet: {image: busybox, run: echo hello, network: none}}\n";

TEST_F(ServePipelines, APushStartsARunOfEachThatItConcerns) {
  StartServer();
  Write("lint", kGreet);
  Write("test", kGreet);
  Write("release", std::string("on: {push: {tags: [\"v*\"]}}\n") + kGreet);
  PushAll();
  const auto statuses = github_.AwaitEnds(2);
  EXPECT_THAT(statuses, AllOf(Contains("pending runner/lint: running"),
                              Contains("pending runner/test: running"),
                              Contains(StartsWith("success runner/lint: passed in ")),
                              Contains(StartsWith("success runner/test: passed in "))));
  EXPECT_EQ(CountRuns(), 2u);
}

TEST_F(ServePipelines, OneThatIsNotValidSaysSoAndTheOthersRun) {
  StartServer();
  Write("broken", "steps: {a: {}}\n");
  Write("test", kGreet);
  PushAll();
  const auto statuses = github_.AwaitEnds(2);
  EXPECT_THAT(statuses, AllOf(Contains(StartsWith("failure runner/broken: failed: .runner/broken")),
                              Contains(StartsWith("success runner/test: passed in "))));
}

TEST_F(ServePipelines, TheirSchedulesStartThemTogether) {
  StartServer();
  Write("a", std::string("on: {schedule: \"@daily\"}\n") + kGreet);
  Write("b", std::string("on: {schedule: [\"@daily\", \"@hourly\"]}\n") + kGreet);
  PushAll();
  server_->AwaitLine("pie/hubot: 2 schedule(s), next at ");
}

}  // namespace
}  // namespace runner
