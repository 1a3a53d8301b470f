// `runner run -t` under a pseudo-terminal of the test.
#include <gmock/gmock.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;

class Terminal : public RunTest {
 protected:
  ~Terminal() override {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  // The run in a session of its own whose terminal has 33 rows and 77 columns.
  void Begin(const Words& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    winsize size = {33, 77, 0, 0};
    int master = -1;
    pid_ = ::forkpty(&master, nullptr, nullptr, &size);
    ASSERT_GE(pid_, 0);
    if (pid_ == 0) {
      ::execvp(arguments[0], arguments.data());
      ::_exit(99);
    }
    master_.Reset(master);
  }
  void Type(const std::string& keys) { runtime::base::WriteAll(master_.get(), keys, "terminal"); }

  // What the terminal shows until `text`, or until its end when that is empty.
  std::string ReadUntil(const std::string& text) {
    std::array<char, 4096> data;
    ssize_t n = 0;
    while ((text.empty() || shown_.find(text) == std::string::npos) &&
           (n = ::read(master_.get(), data.data(), data.size())) > 0) {
      shown_.append(data.data(), static_cast<size_t>(n));
    }
    return shown_;
  }
  int Wait() {
    ReadUntil("");
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  runtime::base::UniqueFd master_;
  pid_t pid_ = -1;
  std::string shown_;
};

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

TEST_F(Terminal, TermOfTheCallerOfTheRunWins) {
  Begin(RunWords({"-t", "-e", "TERM=dumb"},
                 {"sh", "-c", "cat /proc/self/environ | tr '\\0' '\\n' | grep TERM"}));
  EXPECT_EQ(Wait(), 0);
  EXPECT_EQ(shown_, "TERM=dumb\r\n");
}

}  // namespace
}  // namespace tests
