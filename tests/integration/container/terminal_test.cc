// `runner run -t` under a pseudo-terminal of the test.
#include <gmock/gmock.h>
#include <sys/ioctl.h>

#include "tests/integration/container/terminal_process.h"

namespace tests {
namespace {

using testing::HasSubstr;

class Terminal : public RunTest, protected TerminalProcess {};

TEST_F(Terminal, IsOneInsideWithTheUsersSize) {
  Begin(RunWords({"-it"}, {"sh", "-c", "tty; read go; stty size; echo TERM=$TERM"}));
  ReadUntil("/dev/");
  Type("go\n");
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(shown_, HasSubstr("/dev/pts/0"));
  EXPECT_THAT(shown_, HasSubstr("33 77"));
  EXPECT_THAT(shown_, HasSubstr("TERM=xterm"));
}

TEST_F(Terminal, TakesKeysAndPassesTheExitCodeOn) {
  Begin(RunWords({"-it"}, {"sh", "-c", "read word; echo got $word; exit 5"}));
  Type("hello\n");
  EXPECT_EQ(Wait(), 5);
  EXPECT_THAT(shown_, HasSubstr("got hello"));
}

TEST_F(Terminal, InterruptKeyReachesTheProgramAlone) {
  Begin(RunWords({"-it"}, {"sh", "-c",
                           "trap 'echo interrupted; exit 6' INT; echo ready; "
                           "while :; do sleep 0.01; done"}));
  ReadUntil("ready");
  Type("\x03");
  EXPECT_EQ(Wait(), 6);
  EXPECT_THAT(shown_, HasSubstr("interrupted"));
}

TEST_F(Terminal, SizeFollowsTheUsers) {
  Begin(RunWords({"-it"}, {"sh", "-c",
                           "trap 'stty size; exit 0' WINCH; echo ready; "
                           "while :; do sleep 0.01; done"}));
  ReadUntil("ready");
  const winsize size = {44, 88, 0, 0};
  ASSERT_EQ(::ioctl(master_.get(), TIOCSWINSZ, &size), 0);
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(shown_, HasSubstr("44 88"));
}

TEST_F(Terminal, SizeIsThereBeforeWhatIsTypedAfterIt) {
  Begin(RunWords({"-it"}, {"sh", "-c", "echo ready; read word; stty size"}));
  ReadUntil("ready");
  ResizeAndType("word\n");
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(shown_, HasSubstr("44 88"));
}

TEST_F(Terminal, OutputIsCompleteAtTheEnd) {
  Begin(RunWords({"-t"}, {"sh", "-c", "seq 1 5000; echo last"}));
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(shown_, HasSubstr("4999\r\n5000\r\nlast\r\n"));
}

TEST_F(Terminal, OfTheUserIsNotGivenToAContainerWithoutOne) {
  Begin(
      RunWords({}, {"sh", "-c", "for n in 0 1 2; do [ -t $n ] && echo terminal; done; echo end"}));
  EXPECT_EQ(Wait(), 0);
  EXPECT_EQ(shown_, "end\r\n");
}

TEST_F(Terminal, BelongsToTheProgramsUser) {
  Begin(RunWords({"-t", "-u", "1000"},
                 {"sh", "-c", "stat -c %u /dev/console; echo > /dev/tty && echo open"}));
  EXPECT_EQ(Wait(), 0);
  EXPECT_THAT(shown_, HasSubstr("1000\r\n"));
  EXPECT_THAT(shown_, HasSubstr("open"));
}

// CVE-2025-52565: what has a terminal's name in the image or in a volume isn't taken for one.
TEST_F(Terminal, IsTheContainersOwnWhateverHasItsName) {
  const std::filesystem::path fake = MakeDirectory("false-pts");
  std::filesystem::remove(fake / "0");
  runtime::base::WriteFileAtomically(fake / "canary", "", runtime::base::Durability::kNoFlush,
                                     0666);
  std::filesystem::create_symlink("canary", fake / "0");
  MakeImage("false-console", "ln -s /etc/passwd dev/console; ln -s /etc dev/pts");
  Begin(RunWords({"-t", "-v", fake.string() + ":/dev/pts"},
                 {"sh", "-c", "stat -c '%F' /dev/console; [ -t 1 ] && echo shown"},
                 "false-console"));
  EXPECT_EQ(Wait(), 0);
  EXPECT_EQ(shown_, "character special file\r\nshown\r\n");
  EXPECT_EQ(runtime::base::ReadFile(fake / "canary"), "");
}

TEST_F(Terminal, TermOfTheCallerOfTheRunWins) {
  Begin(RunWords({"-t", "-e", "TERM=dumb"},
                 {"sh", "-c", "cat /proc/self/environ | tr '\\0' '\\n' | grep TERM"}));
  EXPECT_EQ(Wait(), 0);
  EXPECT_EQ(shown_, "TERM=dumb\r\n");
}

}  // namespace
}  // namespace tests
