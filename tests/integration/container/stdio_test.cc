// Standard input and output of `runner run` without a terminal.
#include <gmock/gmock.h>

#include "runtime/base/files.h"
#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;

class Stdio : public RunTest {
 protected:
  // The run by a shell that ends its line with these redirections.
  static Output Redirected(const Words& command, const std::string& redirections) {
    const Words words = RunWords({}, command);
    Words all = {"sh", "-c", "exec \"$@\" " + redirections, "sh"};
    all.insert(all.end(), words.begin(), words.end());
    return RunToEnd(all);
  }
};

TEST_F(Stdio, InputIsGivenOnlyWhenAskedFor) {
  base::Pipe pipe = base::MakePipe();
  base::WriteAll(pipe.write.get(), "hello\n", "pipe");
  pipe.write.Reset();
  EXPECT_EQ(RunToEnd(RunWords({}, {"cat"}), pipe.read.get()).text, "");
  EXPECT_EQ(RunToEnd(RunWords({"-i"}, {"cat"}), pipe.read.get()).text, "hello\n");
}

TEST_F(Stdio, OutputIsCompleteToTheLastByte) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(Text("printf '%s' start; printf '%070000d' 7 | cut -c 69999-; printf end"),
              "start07\nend");
  }
}

TEST_F(Stdio, FiftyMegabytesPassThroughAPipe) {
  const Output output = Run({}, {"dd", "if=/dev/zero", "bs=1M", "count=50"});
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(output.text.size(), 50u << 20);
}

TEST_F(Stdio, ErrorsAreASecondStream) {
  const Output output = Shell({}, "echo out; echo err >&2");
  EXPECT_EQ(output.text, "out\n");
  EXPECT_EQ(output.errors, "err\n");
}

TEST_F(Stdio, ABrokenPipeEndsTheProgram) {
  const Words words = RunWords({}, {"yes"});
  Words command = {"sh", "-c", "\"$@\" | head -n 1", "sh"};
  command.insert(command.end(), words.begin(), words.end());
  EXPECT_EQ(RunToEnd(command).text, "y\n");
}

TEST_F(Stdio, ClosedDescriptorsAreEmptyInsideAndNoneOfOurs) {
  // What we open first would else become the container's standard output.
  for (const char* closed : {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
    const std::string directory = MakeDirectory("closed");
    const Words words = RunWords({"-i", "-v", directory + ":/out"},
                                 {"sh", "-c",
                                  "l=$(for n in 0 1 2; do readlink /proc/$$/fd/$n; done)\n"
                                  "echo \"$l\" > /out/links; echo x; echo y >&2"});
    Words command = {"sh", "-c", std::string("\"$@\" ") + closed, "sh"};
    command.insert(command.end(), words.begin(), words.end());
    RunToEnd(command);
    const std::string links = base::ReadFile(directory + "/links");
    EXPECT_THAT(links, testing::Not(HasSubstr("socket:"))) << closed;
    EXPECT_THAT(links, testing::Not(HasSubstr("containers/"))) << closed;
    EXPECT_THAT(links, testing::Not(HasSubstr("layers/"))) << closed;
    EXPECT_THAT(links, testing::Not(HasSubstr("memfd:runner"))) << closed;
  }
}

TEST_F(Stdio, OutputToAFullDiskIsTheProgramsError) {
  EXPECT_EQ(Redirected({"sh", "-c", "echo x"}, ">/dev/full").code, 1);
}

}  // namespace
}  // namespace tests
