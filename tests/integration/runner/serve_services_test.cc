// What steps have beside them, on the server: services and caches.
#include <filesystem>

#include "tests/integration/runner/serve_gate.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

using testing::HasSubstr;

constexpr char kWithBoth[] = R"yaml(name: ci
services:
  web:
    image: busybox
    argv: [sh, -c, "mkdir /www; echo greeting >/www/hello; exec httpd -f -p 8080 -h /www"]
    ready: {port: 8080, http: /hello}
steps:
  test:
    image: busybox
    network: job
    services:
      echo: {image: busybox, argv: [nc, -ll, -p, "5000", -e, cat], ready: {port: 5000}}
    cache: [/cache]
    run: |
      test "$(wget -q -O - http://web:8080/hello)" = greeting
      test "$(echo there | nc echo 5000)" = there
      cat /cache/earlier || echo no earlier run
      echo "$RUNNER_COMMIT" >>/cache/earlier
)yaml";

TEST_F(ServeGateTest, APushRunsBesideItsServicesAndFindsWhatEarlierRunsCached) {
  StartServer();
  const std::string first = PushPipeline(kWithBoth);
  ASSERT_TRUE(AwaitPassed(first)) << Page("/runs/" + first + "/log/test");
  EXPECT_THAT(Page("/runs/" + first + "/log/test"), HasSubstr("no earlier run"));
  const std::string commit = head();
  const std::string second = PushPipeline(std::string(kWithBoth) + "# again\n");
  ASSERT_TRUE(AwaitPassed(second));
  EXPECT_THAT(Page("/runs/" + second + "/log/test"), HasSubstr(commit));
  // The reaper removes the directories behind the run's back.
  EXPECT_TRUE(tests::WaitUntil([&] { return std::filesystem::is_empty(state_.containers()); },
                               std::chrono::milliseconds(2'000)));
}

TEST_F(ServeGateTest, AServiceThatIsNeverReadyFailsTheRunAndIsToldToTheForge) {
  StartServer();
  std::string broken = kWithBoth;
  broken.replace(broken.find("ready: {port: 5000}"), 19, "ready: {port: 5001, within: 200ms}");
  PushPipeline(broken);
  const auto statuses = github_.Await(2);
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_THAT(statuses[1], HasSubstr("failure runner/ci: failed: step \"test\": service \"echo\" "
                                     "isn't ready within 200 ms"));
}

TEST_F(ServeGateTest, AStopOfTheServerEndsServicesToo) {
  StartServer();
  std::string held = kWithBoth;
  held.replace(held.find("      cat /cache"), 0, "      echo held; exec sleep 1000\n");
  const std::string id = PushPipeline(held);
  ASSERT_TRUE(serve::AwaitPage(address_, "/runs/" + id + "/log/test", "held"));
  const Footprint running(server_->pid(), state_);
  EXPECT_GE(running.processes(), 5u);  // the server, its reaper, the step, two services
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_THAT(running.AwaitGone(2'000), testing::IsEmpty());
}

}  // namespace
}  // namespace runner
