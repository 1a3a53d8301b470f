// A pipeline that fails: exit code 1, and what there is to know.
#include <nlohmann/json.hpp>

#include "tests/integration/runner/exec/exec_test.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ExecFailure : public ExecTest {
 protected:
  std::string OutcomeOf(const std::string& step) const { return Step(step).at("outcome"); }
};

TEST_F(ExecFailure, ShowsTheLastLinesOfACommandThatFails) {
  Pipeline(R"(steps:
  compile:
    image: busybox
    run: |
      echo "main.c:3:1: error: expected ';'" >&2
      exit 2
  later: {image: busybox, run: echo never})");
  const ExecResult result = Exec({"-q"});

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("last lines of compile:\n"));
  EXPECT_THAT(result.out, HasSubstr("| main.c:3:1: error: expected ';'"));
  EXPECT_THAT(result.out, HasSubstr("step \"compile\": exit code 2"));
  EXPECT_EQ(OutcomeOf("later"), "skipped");
  EXPECT_THAT(Leftovers(), IsEmpty());
}

TEST_F(ExecFailure, IsNoneForAStepThatIsAllowedToFail) {
  Pipeline(R"(steps:
  lint: {image: busybox, run: exit 4, allow-failure: true}
  later: {image: busybox, run: "true"})");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(OutcomeOf("lint"), "warned");
  EXPECT_EQ(OutcomeOf("later"), "passed");
}

TEST_F(ExecFailure, EndsAStepThatTakesTooLong) {
  Pipeline("steps: {slow: {image: busybox, run: sleep 1000, timeout: 500ms}}");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("timed out"));
  EXPECT_EQ(OutcomeOf("slow"), "timed-out");
}

TEST_F(ExecFailure, NamesMemoryWhenAStepRanOutOfIt) {
  Pipeline("steps: {greedy: {image: busybox, argv: [tail, /dev/zero], limits: {memory: 16MiB}}}");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("out of memory"));
  EXPECT_EQ(Step("greedy").at("cause"), "out-of-memory");
}

TEST_F(ExecFailure, NamesThePathThatTwoParallelStepsChanged) {
  Pipeline(R"(steps:
  left: {image: busybox, needs: [], run: echo left > same}
  right: {image: busybox, needs: [], run: echo right > same}
  both: {image: busybox, needs: [left, right], run: cat same})");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  const std::string reason = Step("both").at("reason");
  EXPECT_THAT(reason, HasSubstr("same"));
  EXPECT_THAT(reason, HasSubstr("left"));
  EXPECT_THAT(reason, HasSubstr("right"));
}

TEST_F(ExecFailure, IsATestStepWithoutAnyTest) {
  Pipeline(R"(steps: {test: {image: busybox, run: "true", tests: {junit: "*.xml"}}})");

  EXPECT_EQ(Exec().status, 1);
  EXPECT_EQ(OutcomeOf("test"), "failed");
}

TEST_F(ExecFailure, IsAnImageWithoutTheProgram) {
  Pipeline("steps: {start: {image: busybox, argv: [no-such-program]}}");
  const ExecResult result = Exec();

  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("no-such-program"));
}

TEST_F(ExecFailure, StartsStepsAfterItThatAskForThat) {
  Pipeline(R"(steps:
  build: {image: busybox, run: exit 1}
  report: {image: busybox, run: echo reported, if: always()})");

  EXPECT_EQ(Exec().status, 1);
  EXPECT_EQ(OutcomeOf("report"), "passed");
  EXPECT_THAT(Log("report"), HasSubstr("reported"));
}

}  // namespace
}  // namespace runner
