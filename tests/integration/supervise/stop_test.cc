// The end of supervised services: order, signals, time.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "tests/integration/supervise/supervise_fixture.h"
#include "tests/support/wait_until.h"

namespace tests {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class Stop : public SuperviseTest {
 protected:
  static Output TermAfter(const Words& options, const std::string& image, const Words& marks) {
    Process process(RunWords(options, {}, image));
    for (const std::string& mark : marks) {
      process.ReadUntil(mark);
    }
    process.Signal(SIGTERM);
    return process.Wait();
  }
};

TEST_F(Stop, IsInReverseOrderOfNamesOneAfterTheOther) {
  MakeServices("order", {{"b", kStays}, {"a", kStays}, {"c", kStays}});
  const Output output = TermAfter({}, "order", {"a: ready", "b: ready", "c: ready"});
  EXPECT_EQ(output.code, 0);
  EXPECT_THAT(output.text, EndsWith("c: going\nc: gone\nb: going\nb: gone\na: going\na: gone\n"));
}

TEST_F(Stop, BeginsWithTheCommand) {
  MakeServices("first", {{"web", kStays}});
  Process process(RunWords({}, {"sh", "-c", std::string("echo;") + kStays}, "first"));
  process.ReadUntil("web: ready\n");
  process.ReadUntil("\nready\n");
  process.Signal(SIGTERM);
  const Output output = process.Wait();
  EXPECT_EQ(output.code, 0);
  EXPECT_THAT(output.text, EndsWith("\ngoing\ngone\nweb: going\nweb: gone\n"));
}

TEST_F(Stop, KillsWhoDoesNotListenAndStillAsksTheOthers) {
  MakeServices("deaf",
               {{"a", kStays}, {"b", "trap '' TERM; echo ready; while :; do sleep 0.01; done"}});
  const Output output = TermAfter({"-e", "RUNNER_INIT_GRACE=1"}, "deaf", {"a: ready", "b: ready"});
  EXPECT_EQ(output.code, 1);
  EXPECT_EQ(output.errors, "runner-init: b: killed, since it did not end when asked to\n");
  EXPECT_THAT(output.text, EndsWith("a: going\na: gone\n"));
}

TEST_F(Stop, TakesNoTimeThatIsNoNumber) {
  MakeServices("grace", {{"web", kStays}});
  const Output output = TermAfter({"-e", "RUNNER_INIT_GRACE=1m"}, "grace", {"web: ready"});
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(output.errors,
            "runner-init: RUNNER_INIT_GRACE=1m: not a number of seconds; 9000 ms are given\n");
}

TEST_F(Stop, SendsTheSignalThatTheServiceNames) {
  MakeServices("signal",
               {{"web",
                 "trap 'echo quit; exit' QUIT; trap 'echo term; exit' TERM\n"
                 "echo ready; while :; do sleep 0.01; done"}},
               "echo SIGQUIT > etc/service/web/down-signal");
  EXPECT_THAT(TermAfter({}, "signal", {"web: ready"}).text, EndsWith("web: quit\n"));
}

TEST_F(Stop, RunsFinishToo) {
  MakeServices("stop-finish", {{"web", kStays}},
               "printf '#!/bin/sh\\necho finished $1\\n' > etc/service/web/finish\n"
               "chmod +x etc/service/web/finish");
  EXPECT_THAT(TermAfter({}, "stop-finish", {"web: ready"}).text, EndsWith("web: finished 0\n"));
}

TEST_F(Stop, ComesWithInterruptAndQuitToo) {
  MakeServices("interrupt", {{"web", kStays}});
  for (const int signal : {SIGINT, SIGQUIT}) {
    Process process(RunWords({}, {}, "interrupt"));
    process.ReadUntil("web: ready");
    process.Signal(signal);
    const Output output = process.Wait();
    EXPECT_EQ(output.code, 0) << signal;
    EXPECT_THAT(output.text, EndsWith("web: gone\n")) << signal;
  }
}

TEST_F(Stop, OtherSignalsArePassedOn) {
  const std::string run = "trap 'echo reload' HUP; echo ready; while :; do sleep 0.01; done";
  MakeServices("reload", {{"a", run}, {"b", run}});
  Process process(RunWords({}, {}, "reload"));
  process.ReadUntil("a: ready");
  process.ReadUntil("b: ready");
  process.Signal(SIGHUP);
  process.ReadUntil("a: reload");
  process.ReadUntil("b: reload");
  process.Signal(SIGTERM);
  process.Wait();
}

TEST_F(Stop, OtherSignalsAreTheCommandsWhenThereIsOne) {
  MakeServices("reload-one", {{"web",
                               "trap 'echo no' USR1; echo ready\n"
                               "while :; do sleep 0.01; done"}});
  Process process(RunWords(
      {}, {"sh", "-c", "trap 'echo yes; exit 5' USR1; echo set; while :; do sleep 0.01; done"},
      "reload-one"));
  process.ReadUntil("web: ready");
  process.ReadUntil("set");
  process.Signal(SIGUSR1);
  const Output output = process.Wait();
  EXPECT_EQ(output.code, 5);
  EXPECT_THAT(output.text, HasSubstr("yes\n"));
  EXPECT_THAT(output.text, Not(HasSubstr("web: no")));
}

// The test reads nothing until the pipes on the way are full and the other service was asked to
// end.
TEST_F(Stop, DoesNotWaitForAReaderThatIsSlow) {
  const std::string directory = MakeDirectory("slow");
  MakeServices("slow", {{"a",
                         "while echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; do\n"
                         "echo x >> /out/lines; done"},
                        {"b",
                         "trap 'echo asked > /out/asked; exit' TERM\n"
                         "while :; do sleep 0.01; done"}});
  Process process(RunWords({"-v", directory + ":/out"}, {}, "slow"));
  const std::string lines = directory + "/lines";
  off_t before = -1;
  ASSERT_TRUE(WaitUntil(
      [&] {
        struct stat st;
        const off_t size = ::stat(lines.c_str(), &st) == 0 ? st.st_size : 0;
        return size > 0 && size == std::exchange(before, size);
      },
      std::chrono::seconds(30)));
  process.Signal(SIGTERM);
  EXPECT_TRUE(WaitUntil([&] { return std::filesystem::exists(directory + "/asked"); },
                        std::chrono::seconds(30)));
  EXPECT_EQ(process.Wait().code, 0);
}

}  // namespace
}  // namespace tests
