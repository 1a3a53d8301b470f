// When steps may use a service, and when they can't.
#include "tests/integration/runner/exec/services_fixture.h"

namespace runner {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST_F(ExecServices, AreReadyWhenTheirPortListensWhereStepsReachIt) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: test "$(nc slow 5000 </dev/null)" = here
    services:
      slow:
        image: busybox
        argv: [sh, -c, "mkfifo /go; (cat /go; exec nc -ll -p 5000 -e echo here) & echo x > /go; wait"]
        ready: {port: 5000}
  inward:
    image: busybox
    needs: []
    network: job
    run: "true"
    services:
      shy: {image: busybox, argv: [httpd, -f, -p, "127.0.0.1:5000"], ready: {port: 5000, within: 300ms}})yaml");
  EXPECT_EQ(ReasonOf("inward"),
            "service \"shy\" isn't ready within 300 ms: port 5000/tcp listens on the container's "
            "loopback alone, where no step reaches it");
  EXPECT_EQ(Step("test").at("outcome"), "passed");
}

TEST_F(ExecServices, AreReadyWhenAPathAnswersWithSuccess) {
  // Not before the file is there, which the first answer brings: it says that there is none.
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: test "$(wget -q -O - http://web:8080/health)" = fine
    services:
      web:
        image: busybox
        argv: [sh, -c, "mkdir /www; httpd -vv -f -p 8080 -h /www 2>&1 | while read line; do case $line in *404*) echo fine >/www/health;; esac; done"]
        ready: {port: 8080, http: /health}
  never:
    image: busybox
    needs: []
    network: job
    run: "true"
    services:
      web: {image: busybox, argv: [httpd, -f, -p, "8080", -h, /tmp], ready: {port: 8080, http: /health, within: 500ms}})yaml");
  EXPECT_EQ(ReasonOf("never"),
            "service \"web\" isn't ready within 500 ms: GET /health answers with status 404");
  EXPECT_EQ(Step("test").at("outcome"), "passed");
}

TEST_F(ExecServices, AreReadyWhenACommandInThemSucceeds) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: test "$(nc db 5432 </dev/null)" = migrated
    services:
      db:
        image: busybox
        user: nobody
        env: {STATE: /tmp/state}
        argv: [sh, -c, "mkfifo /tmp/asked; cat /tmp/asked; echo migrated > $STATE; nc -ll -p 5432 -e cat /tmp/state"]
        ready: {run: [sh, -c, "test $(id -un) = nobody; test -p /tmp/asked && ! test -e $STATE && echo x > /tmp/asked; netstat -ltn | grep -q :5432"]}
  never:
    image: busybox
    needs: []
    network: job
    run: "true"
    services:
      db: {image: busybox, argv: [sleep, "1000"], ready: {run: [sh, -c, "exit 3"], within: 300ms}}
  none:
    image: busybox
    needs: []
    network: job
    run: "true"
    services:
      db: {image: busybox, argv: [sleep, "1000"], ready: {run: [pg_isready], within: 300ms}})yaml");
  EXPECT_EQ(ReasonOf("never"), "service \"db\" isn't ready within 300 ms: `sh`: exit code 3");
  EXPECT_THAT(
      Step("none").at("reason").get<std::string>(),
      AllOf(HasSubstr("isn't ready within 300 ms: `pg_isready`: "), HasSubstr("not found")));
  EXPECT_EQ(Step("test").at("outcome"), "passed");
}

TEST_F(ExecServices, WithoutReadyAreWaitedForAtThePortsOfTheirImage) {
  Pipeline(R"yaml(steps:
  image:
    image-build:
      from: busybox
      entrypoint: [sh, -c, "mkfifo /go; (cat /go; exec nc -ll -p 5000 -e echo here) & echo x > /go; wait"]
      expose: ["5000"]
  test:
    image: busybox
    network: job
    run: test "$(nc one 5000 </dev/null)" = here
    services: {one: {image: "${{ steps.image.image }}"}}
  more:
    image-build:
      from: ${{ steps.image.image }}
      expose: [5000/tcp, 5001/udp]
  never:
    image: busybox
    network: job
    run: "true"
    services: {two: {image: "${{ steps.more.image }}", ready: {within: 500ms}}})yaml");
  EXPECT_THAT(ReasonOf("never"),
              HasSubstr("service \"two\" isn't ready within 500 ms: port 5001/udp doesn't listen, "
                        "which its image exposes"));
  EXPECT_EQ(Step("test").at("outcome"), "passed");
}

TEST_F(ExecServices, ThatAreNotReadyInTimeFailTheStepWithTheirLastLines) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: echo ran
    services:
      db: {image: busybox, argv: [sh, -c, "echo recovering; sleep 1000"], ready: {port: 5432, within: 300ms}})yaml");
  EXPECT_EQ(ReasonOf("test"),
            "service \"db\" isn't ready within 300 ms: port 5432/tcp doesn't listen");
  EXPECT_THAT(Log("test"), AllOf(HasSubstr("| recovering"), Not(HasSubstr("out ran"))));
}

TEST_F(ExecServices, ThatDieFailTheStepThatRuns) {
  Pipeline(R"yaml(steps:
  test:
    image: busybox
    network: job
    run: nc db 5432 </dev/null; sleep 1000
    services:
      db:
        image: busybox
        argv: [sh, -c, "nc -l -p 5432; echo corrupted page; exit 7"]
        ready: {port: 5432})yaml");
  EXPECT_THAT(ReasonOf("test"), HasSubstr("service \"db\" ended by itself: exit code 7"));
  EXPECT_THAT(Log("test"), HasSubstr("| corrupted page"));
}

TEST_F(ExecServices, ThatDieBeforeTheyAreReadyFailTheStepAtOnce) {
  Pipeline(R"yaml(services:
  db: {image: busybox, argv: [sh, -c, "echo no space >&2; exit 2"], ready: {port: 5432, within: 1h}}
  none: {image: busybox, argv: [postgres], ready: {port: 5432, within: 1h}}
steps:
  test: {image: busybox, network: job, run: "true"})yaml");
  EXPECT_THAT(ReasonOf("test"), AllOf(HasSubstr("service \""), HasSubstr("ended by itself")));
}

TEST_F(ExecServices, OfAJobAreStartedAnewForTheNextAttempt) {
  Pipeline(R"yaml(services:
  db: {image: busybox, argv: [sh, -c, "echo began; exit 2"], ready: {port: 5432, within: 1h}}
steps:
  test: {image: busybox, network: job, retry: 1, run: "true"})yaml");
  EXPECT_THAT(ReasonOf("test"), HasSubstr("exit code 2, at attempt 2"));
  EXPECT_THAT(Log("db"), ContainsRegex("began(.|\n)*began"));
}

}  // namespace
}  // namespace runner
