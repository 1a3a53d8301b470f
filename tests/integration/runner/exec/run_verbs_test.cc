// The verbs of past and present runs.
#include <nlohmann/json.hpp>

#include <csignal>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ExecRunVerbs : public ExecTest {
 protected:
  std::string Output(const std::vector<std::string>& arguments) const {
    const ExecResult result = Run(Command(arguments));
    EXPECT_EQ(result.status, 0) << arguments.front() << ": " << result.all();
    return result.out;
  }
  std::string LastId() const { return RunPath().filename(); }
};

TEST_F(ExecRunVerbs, ListRunsNewestFirst) {
  Pipeline("name: one\nsteps: {build: {image: busybox, run: exit 3}}");
  ASSERT_EQ(Exec().status, 1);
  const std::string first = LastId();
  Pipeline("name: two\nsteps: {build: {image: busybox, run: exit 0}}");
  ASSERT_EQ(Exec({"--branch", "topic"}).status, 0);

  EXPECT_EQ(Output({"runs", "-q"}), LastId() + "\n" + first + "\n");
  EXPECT_EQ(Output({"runs", "-q", "-n", "1"}), LastId() + "\n");
  EXPECT_THAT(Output({"runs"}), AllOf(StartsWith("RUN"), HasSubstr("passed   two"),
                                      HasSubstr("failed   one"), HasSubstr("topic")));
  EXPECT_EQ(Output({"runs", "-q", "--filter", "status=failed"}), first + "\n");
  EXPECT_EQ(Output({"runs", "--filter", "branch=topic", "--format", "{{.Pipeline}} {{.Status}}"}),
            "two passed\n");
  const json listed = json::parse(Output({"runs", "--json"}));
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].at("Pipeline"), "two");
  EXPECT_EQ(listed[1].at("Status"), "failed");
  EXPECT_EQ(Run(Command({"runs", "--filter", "x=y"})).status, 2);
}

TEST_F(ExecRunVerbs, ShowARun) {
  Pipeline(R"(steps:
  build: {image: busybox, run: exit 3}
  after: {image: busybox, run: "true"})");
  ASSERT_EQ(Exec().status, 1);

  EXPECT_THAT(Output({"show"}), AllOf(HasSubstr("run " + LastId() + ": working tree"),
                                      HasSubstr("exit code 3"), HasSubstr("skipped")));
  EXPECT_EQ(json::parse(Output({"show", "--json", LastId().substr(10)})).at("id"), LastId());
  EXPECT_EQ(Run(Command({"show", "zzzz"})).status, 3);
}

TEST_F(ExecRunVerbs, ReportTestResults) {
  Pipeline("steps: {test: {image: busybox, run: sh suite.sh, tests: {junit: r.xml}}}");
  repository_.Write("suite.sh", "cat >r.xml <<'E'\n" + std::string(kFailingJunit) + "\nE\n");
  ASSERT_EQ(Exec().status, 1);

  EXPECT_THAT(Output({"report"}),
              AllOf(HasSubstr("2 tests"), HasSubstr("divides"), HasSubstr("src/divide.c:42")));
  EXPECT_THAT(Output({"report", "last", "--junit", "-"}), HasSubstr("<testcase"));
  Output({"report", "last", "--junit", Scratch("r.xml")});
  EXPECT_THAT(runtime::base::ReadFile(Scratch("r.xml")), HasSubstr("divides"));
}

TEST_F(ExecRunVerbs, ShowLogs) {
  Pipeline(R"(steps:
  one: {image: busybox, argv: [printf, 'a\nb\r\033[2Jc\377\n']}
  two: {image: busybox, argv: [echo, d]})");
  ASSERT_EQ(Exec().status, 0);

  EXPECT_THAT(Output({"logs"}), HasSubstr("[one] a\n[one] b\\x0d^[[2Jc\xEF\xBF\xBD\n[two] d\n"));
  EXPECT_EQ(Output({"logs", "--step", "one", "-n", "1"}), "b\\x0d^[[2Jc\xEF\xBF\xBD\n");
  EXPECT_EQ(Output({"logs", "--raw", "--step", "one", "last"}), "a\nb\r\033[2Jc\377\n");
  EXPECT_THAT(Output({"logs", "-t", "--step", "two"}),
              testing::MatchesRegex("20..-..-..T..:..:......Z d\n"));
  EXPECT_EQ(Output({"logs", "--step", "two", "--since", "1h"}), "d\n");
  EXPECT_EQ(Output({"logs", "--step", "two", "--since", "2200-01-01"}), "");
  EXPECT_THAT(Run(Command({"logs", "--step", "three"})).err, HasSubstr("but clone, one, two"));
}

// Goes on until it is told to end.
constexpr char kWaiting[] = R"(steps:
  wait: {image: busybox, run: "echo begun; trap 'echo ending; exit 1' TERM; while :; do usleep 10000; done"}
)";

TEST_F(ExecRunVerbs, FollowARunToItsEndAndCancelIt) {
  Pipeline(kWaiting);
  const std::unique_ptr<tests::ChildProgram> run = StartExec();
  run->AwaitOutput("[wait] begun");

  tests::ChildProgram logs(Command({"logs", "-f", "last"}), Environment());
  logs.AwaitOutput("[wait] begun");
  EXPECT_THAT(Output({"runs"}), HasSubstr("running"));
  EXPECT_EQ(Output({"cancel", LastId()}), "run " + LastId() + ": cancelled\n");
  EXPECT_EQ(Record().at("outcome"), "cancelled");
  EXPECT_EQ(logs.Wait(), 0) << logs.err();
  EXPECT_THAT(logs.out(), HasSubstr("[wait] ending\n"));
  EXPECT_EQ(run->Wait(), 130);
  EXPECT_THAT(Leftovers(), IsEmpty());

  const ExecResult again = Run(Command({"cancel", "last"}));
  EXPECT_EQ(again.status, 3);
  EXPECT_THAT(again.err, HasSubstr("isn't running: it is cancelled"));
}

TEST_F(ExecRunVerbs, FollowARunWhoseRunnerIsKilled) {
  Pipeline(kWaiting);
  const std::unique_ptr<tests::ChildProgram> run = StartExec();
  run->AwaitOutput("[wait] begun");
  tests::ChildProgram logs(Command({"logs", "-f", "last"}), Environment());
  logs.AwaitOutput("[wait] begun");

  run->Signal(SIGKILL);
  EXPECT_EQ(logs.Wait(), 0) << logs.err();
  EXPECT_EQ(run->Wait(), 128 + SIGKILL);
  EXPECT_THAT(Output({"show"}), HasSubstr("the runner died during this run"));
}

// 200 MiB by a step, whose log keeps head and tail.
TEST_F(ExecRunVerbs, LogsAreBoundedWhateverAStepWrites) {
  Pipeline(R"(steps:
  flood:
    image: busybox
    argv: [sh, -c, "yes 0123456789012345678901234567890123456789 | head -c 209715200; echo; echo end"])");

  ASSERT_EQ(Exec({"-q"}).status, 0);
  EXPECT_LT(std::filesystem::file_size(RunPath() / "logs/flood.log"), 17u << 20);
  EXPECT_EQ(Output({"logs", "--step", "flood", "-n", "1"}), "end\n");
}

}  // namespace
}  // namespace runner
