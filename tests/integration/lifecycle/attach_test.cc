// runner container attach, and terminals of kept containers.
#include <gmock/gmock.h>
#include <signal.h>

#include "runtime/base/files.h"
#include "tests/integration/container/terminal_process.h"
#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace base = runtime::base;
using testing::HasSubstr;
using testing::Not;

constexpr char kDetachKeys[] = "\x10\x11";

class LifecycleAttach : public LifecycleTest, protected TerminalProcess {};

TEST_F(LifecycleAttach, ShowsWhatComesAndEndsWithTheContainer) {
  const std::string id = Start({"--name", "box"},
                               "echo before; trap 'echo after; exit 3' USR1; "
                               "while :; do sleep 0.1; echo tick; done");
  AwaitLog(id, "tick");
  Process attached(Runner({"container", "attach", "box"}));
  attached.ReadUntil("tick");
  attached.Signal(SIGUSR1);
  const Output output = attached.Wait();
  EXPECT_EQ(output.code, 3);
  EXPECT_TRUE(output.text.ends_with("tick\nafter\n")) << output.text;
  EXPECT_THAT(output.text, Not(HasSubstr("before")));
}

TEST_F(LifecycleAttach, SeveralSeeTheSame) {
  Start({"--name", "box"}, "while :; do echo tick; sleep 0.1; done");
  Process first(Runner({"container", "attach", "box"}));
  Process second(Runner({"container", "attach", "box"}));
  first.ReadUntil("tick");
  second.ReadUntil("tick");
  Ok({"kill", "box"});
  EXPECT_EQ(first.Wait().code, 137);
  EXPECT_EQ(second.Wait().code, 137);
}

TEST_F(LifecycleAttach, InputStaysOpenForTheNextWhenItWasLeftRunning) {
  Start({"--name", "box", "-i"}, "while read line; do echo got $line; done");
  for (const char* word : {"one", "two"}) {
    base::Pipe pipe = base::MakePipe();
    base::WriteAll(pipe.write.get(), std::string(word) + "\n", "the pipe");
    Process attached(Runner({"container", "attach", "box"}), pipe.read.get());
    attached.ReadUntil(std::string("got ") + word);
    pipe.write.Reset();
    attached.Signal(SIGKILL);
    attached.Wait();
  }
  EXPECT_EQ(Status("box"), "running");
}

TEST_F(LifecycleAttach, DetachKeysLeaveAContainerRunning) {
  Begin(RunWords({"-it", "--name", "box"}, {"sh", "-c", "stty size; exec cat"}));
  ReadUntil("33 77");
  Type("hello\n");
  ReadUntil("hello");
  Type(kDetachKeys);
  EXPECT_EQ(TerminalProcess::Wait(), 0);
  EXPECT_EQ(Status("box"), "running");
}

TEST_F(LifecycleAttach, ATerminalIsTakenUpAgainWithItsNewSize) {
  ASSERT_EQ(RunToEnd(RunWords({"-dit", "--name", "box"},
                              {"sh", "-c", "while read word; do stty size; echo got $word; done"}))
                .code,
            0);
  Begin(Runner({"container", "attach", "--detach-keys", "ctrl-x", "box"}));
  Type("one\n");
  ReadUntil("got one");
  EXPECT_THAT(shown_, HasSubstr("33 77"));
  ResizeAndType("two\n");
  ReadUntil("got two");
  EXPECT_THAT(shown_, HasSubstr("44 88"));
  Type("\x18");
  EXPECT_EQ(TerminalProcess::Wait(), 0);
  EXPECT_EQ(Status("box"), "running");
}

TEST_F(LifecycleAttach, ATerminalsOutputIsInTheLog) {
  Begin(RunWords({"-it", "--name", "box"}, {"sh", "-c", "echo shown; exit 6"}));
  EXPECT_EQ(TerminalProcess::Wait(), 6);
  EXPECT_THAT(shown_, HasSubstr("shown"));
  EXPECT_EQ(Container({"logs", "box"}).text, "shown\r\n");
}

TEST_F(LifecycleAttach, StartJoinsTheTerminalToo) {
  Ok({"create", "-it", "--name", "box", "busybox", "sh", "-c", "stty size; read a; echo got $a"});
  Begin(Runner({"container", "start", "-ai", "box"}));
  ReadUntil("33 77");
  Type("one\n");
  EXPECT_EQ(TerminalProcess::Wait(), 0);
  EXPECT_THAT(shown_, HasSubstr("got one"));
}

TEST_F(LifecycleAttach, WithoutSignalsALeaverLeavesTheContainerRunning) {
  const std::string id = Start({"--name", "box"}, "while :; do echo tick; sleep 0.1; done");
  Process attached(Runner({"container", "attach", "--sig-proxy=false", "box"}));
  attached.ReadUntil("tick");
  attached.Signal(SIGTERM);
  EXPECT_EQ(attached.Wait().code, 128 + SIGTERM);
  EXPECT_EQ(Status(id), "running");
}

TEST_F(LifecycleAttach, NeedsAContainerThatRuns) {
  Shell({"--name", "box"}, "true");
  const Output output = Container({"attach", "box"});
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("isn't running"));
}

}  // namespace
}  // namespace tests
