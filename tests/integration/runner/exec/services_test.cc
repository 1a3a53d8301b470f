// `services`: containers beside a step, or beside all steps of a job.
#include <signal.h>

#include <filesystem>

#include "tests/integration/network/network_lab.h"
#include "tests/integration/runner/exec/services_fixture.h"
#include "tests/support/wait_until.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(ExecServices, AreReachedByTheirNamesFromTheStepAndFromEachOther) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: |
      test "$(nc db 5432 </dev/null)" = "data of pie"
      test "$(nc web 80 </dev/null)" = "data of pie"
    services:
      db:
        image: busybox
        env: {OWNER: pie}
        argv: [sh, -c, 'nc -ll -p 5432 -e echo "data of $OWNER"']
        ready: {port: 5432}
      web: {image: busybox, argv: [nc, -ll, -p, "80", -e, nc, db, "5432"], ready: {port: 80}})yaml");
  ExpectSuccess();
  EXPECT_THAT(Log("test"), AllOf(HasSubstr("service db is ready"), HasSubstr("service web is")));
}

TEST_F(ExecServices, OfAJobServeAllItsStepsAndLiveAsLong) {
  Pipeline(R"yaml(services:
  counter:
    image: busybox
    argv: [nc, -ll, -p, "7000", -e, sh, -c, "echo x >> /count; wc -l < /count"]
    ready: {port: 7000}
steps:
  alone: {image: busybox, network: none, run: "! nc -w 1 counter 7000 </dev/null"}
  first: {image: busybox, network: job, run: "test $(nc counter 7000 </dev/null) = 1"}
  second: {image: busybox, network: job, run: "test $(nc counter 7000 </dev/null) = 2"}
  nslookup: {image: busybox, network: job, run: nslookup counter}
finally:
  after: {image: busybox, network: job, run: "! nslookup counter"})yaml");
  ExpectSuccess();
  EXPECT_THAT(Log("alone"), Not(HasSubstr("service counter")));
}

TEST_F(ExecServices, OfTwoCellsOfAMatrixDoNotMeet) {
  Pipeline(R"yaml(matrix: {cell: [a, b]}
services:
  shared: {image: busybox, argv: [nc, -ll, -p, "80", -e, sh, -c, "echo x >> /n; wc -l < /n"], ready: {port: 80}}
steps:
  test:
    image: busybox
    network: job
    env: {CELL: "${{ matrix.cell }}"}
    run: |
      test "$(nc own 80 </dev/null)" = "$CELL"
      test "$(nc shared 80 </dev/null)" = 1
    services:
      own: {image: busybox, argv: [nc, -ll, -p, "80", -e, echo, "${{ matrix.cell }}"], ready: {port: 80}})yaml");
  ExpectSuccess();
  EXPECT_TRUE(std::filesystem::exists(RunPath() / "logs/shared%20%28a%29.log"));
  EXPECT_TRUE(std::filesystem::exists(RunPath() / "logs/shared%20%28b%29.log"));
}

TEST_F(ExecServices, OfStepsOfOneJobMayHaveOneName) {
  // Who comes first to the gate waits there for the other: both run at once.
  const auto step = [](const std::string& name) {
    return "  " + name + ":\n    needs: []\n    env: {NAME: " + name +
           R"yaml(}
    run: |
      nc gate 81 </dev/null
      test "$(nc own 80 </dev/null)" = "$NAME"
    services:
      own: {image: busybox, argv: [nc, -ll, -p, "80", -e, echo, )yaml" +
           name + "], ready: {port: 80}}\n";
  };
  Pipeline(R"yaml(defaults: {image: busybox, network: job, timeout: 20s}
services:
  gate:
    image: busybox
    argv: [sh, -c, "mkfifo /gate; exec nc -ll -p 81 -e sh -c 'mkdir /first 2>/dev/null && cat /gate || echo met >/gate'"]
    ready: {port: 81}
steps:
)yaml" + step("a") +
           step("b"));
  ExpectSuccess();
}

TEST_F(ExecServices, HaveNoWayOutAndNothingOfTheStep) {
  repository_.Write("file", "content");
  Pipeline(R"yaml(env: {TOP: value}
steps:
  test:
    image: busybox
    network: job
    run: "true"
    services:
      look:
        image: busybox
        argv: [sh, -c, "ip route | grep -q default || test -e /workspace || test -n \"$TOP\" && exit 1; touch /here && touch /ok; sleep 1000"]
        ready: {run: [test, -e, /ok]})yaml");
  ExpectSuccess();
}

TEST_F(ExecServices, AreHeldToTheirLimits) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: sleep 1000
    services: {big: {image: busybox, argv: [tail, /dev/zero], limits: {memory: 20MiB}}})yaml");
  EXPECT_THAT(ReasonOf("test"), HasSubstr("out of memory"));
}

TEST_F(ExecServices, LeaveNothingAfterACancel) {
  Pipeline(R"yaml(services:
  db: {image: busybox, argv: [sh, -c, "trap '' TERM; while true; do sleep 1000 & wait; done"]}
steps:
  test:
    image: busybox
    network: job
    run: echo at work; sleep 1000
    services: {web: {image: busybox, argv: [httpd, -f], ready: {port: 80}}})yaml");
  const auto runner = StartExec();
  runner->AwaitOutput("[test] at work");
  ASSERT_GE(traces_.Note(), 3u);
  runner->Signal(SIGINT);
  EXPECT_EQ(runner->Wait(), 130) << runner->out() << runner->err();
  ExpectNothingLeft();
  EXPECT_EQ(Step("test").at("outcome"), "cancelled");
  EXPECT_EQ(Step("test").at("reason"), "the run was cancelled");
}

TEST_F(ExecServices, LeaveNothingWhenTheyAreCancelledBeforeTheyAreReady) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: "true"
    services:
      db:
        image: busybox
        argv: [sh, -c, "mkfifo /f; cat /f; echo asked; sleep 1000"]
        ready: {run: [sh, -c, "echo x > /f; sleep 1000"], within: 1h})yaml");
  const auto runner = StartExec();
  runner->AwaitOutput("=== test started");
  const auto asked = [&] {
    return std::filesystem::exists(RunPath() / "logs/test.db.log") &&
           Log("test.db").find("out asked") != std::string::npos;
  };
  ASSERT_TRUE(tests::WaitUntil(asked, std::chrono::seconds(20)));
  ASSERT_GT(traces_.Note(), 0u);
  runner->Signal(SIGINT);
  EXPECT_EQ(runner->Wait(), 130) << runner->out() << runner->err();
  ExpectNothingLeft();
  EXPECT_EQ(Step("test").at("outcome"), "cancelled");
}

TEST_F(ExecServices, LeaveNothingWhenTheRunnerIsKilled) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: echo at work; sleep 1000
    services: {web: {image: busybox, argv: [httpd, -f], ready: {port: 80}}})yaml");
  const auto runner = StartExec();
  runner->AwaitOutput("[test] at work");
  ASSERT_GE(traces_.Note(), 2u);
  runner->Signal(SIGKILL);
  runner->Wait();
  EXPECT_TRUE(tests::WaitUntil([&] { return traces_.Left().empty(); }, std::chrono::seconds(20)))
      << testing::PrintToString(traces_.Left());
}

TEST_F(ExecServices, EndWithAStepThatTimesOut) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    timeout: 500ms
    run: sleep 1000
    services: {web: {image: busybox, argv: [httpd, -f], ready: {port: 80}}})yaml");
  EXPECT_EQ(Exec().status, 1);
  EXPECT_EQ(Step("test").at("outcome"), "timed-out");
  ExpectNothingLeft();
}

TEST_F(ExecServices, HaveLogsOfTheirOwnWithoutSecrets) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    secrets: [token]
    run: nc db 5432 < /run/secrets/token; sleep 1000
    services:
      db:
        image: busybox
        argv: [sh, -c, "echo 'to work' >&2; nc -l -p 5432; exit 4"]
        ready: {port: 5432})yaml");
  const ExecResult result = Exec({"--secret", "token"}, {{"token", "correct-horse-battery"}});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_THAT(Log("test.db"), AllOf(HasSubstr(" err to work"), HasSubstr(" out ***"),
                                    HasSubstr("ended: exit code 4")));
  EXPECT_THAT(Log("test") + Log("test.db") + result.all(), Not(HasSubstr("correct-horse-battery")));
  EXPECT_THAT(Log("test"), HasSubstr("| ***"));
  const ExecResult shown = Run(Command({"logs", "--step", "test.db"}));
  EXPECT_THAT(shown.out, HasSubstr("to work")) << shown.err;
}

TEST_F(ExecServices, AreReachedFromAStepWithAWayOutAndHaveNone) {
  const tests::NetworkLab lab;
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    run: |
      nc -w 2 server.example 80 </dev/null
      test "$(nc db 5432 </dev/null)" = "no way"
    services:
      db:
        image: busybox
        argv: [sh, -c, 'nc -w 2 203.0.113.10 80 </dev/null || nc -ll -p 5432 -e echo "no way"']
        ready: {port: 5432})yaml");
  const ExecResult result = Run(lab.OnHost(Command({"exec", repository_.path()})));
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(ExecServices, OnAHostWithoutNetworksAreOneClearError) {
  const tests::NetworkLab lab;
  lab.Hide(std::filesystem::path(Command({}).front()).parent_path() /
           "../libexec/runner/runner-network");
  Pipeline(R"yaml(services: {db: {image: busybox, argv: [sleep, "1000"]}}
steps:
  none: {image: busybox, network: none, run: "true"}
  test: {image: busybox, run: "true"})yaml");
  const ExecResult result = Run(lab.OnHost(Command({"exec", repository_.path()})));
  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_EQ(Step("none").at("outcome"), "passed");
  EXPECT_EQ(Step("test").at("outcome"), "errored");
  EXPECT_THAT(Step("test").at("reason").get<std::string>(),
              HasSubstr("services need a network of the run's own (see: runner doctor): "));
  EXPECT_THAT(Leftovers(), IsEmpty());
}

TEST_F(ExecServices, OfAnImageThatIsNotThereAreOurError) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: "true"
    services: {db: {image: "127.0.0.1:1/db:1"}})yaml");
  EXPECT_EQ(Exec().status, 3);
  EXPECT_THAT(Step("test").at("reason").get<std::string>(),
              AllOf(HasSubstr("service \"db\""), HasSubstr("127.0.0.1:1/db:1")));
  ExpectNothingLeft();
}

}  // namespace
}  // namespace runner
