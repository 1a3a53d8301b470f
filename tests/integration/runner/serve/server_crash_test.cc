// kill -9 of the server: what was answered with 202 runs, and runs once more at most.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "tests/integration/runner/serve/server_under_test.h"

namespace runner::serve {
namespace {

using tests::Ask;

// A server in a process of its own, whose runs never end.
class ServerProcess {
 public:
  ServerProcess(ServerHome& home, int runs_at_once) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      home.runs.Hold();
      const auto server = StartServer(home, "", runs_at_once);
      const std::string line = server->address() + "\n";
      [[maybe_unused]] const ssize_t written = ::write(ends[1], line.data(), line.size());
      if (runs_at_once > 0 && home.runs.AwaitStarted(1)) {
        [[maybe_unused]] const ssize_t more = ::write(ends[1], "started\n", 8);
      }
      while (true) {
        ::pause();
      }
    }
    ::close(ends[1]);
    pipe_.Reset(ends[0]);
    address_ = ReadLine();
  }
  ~ServerProcess() { Kill(); }

  const std::string& address() const { return address_; }
  void AwaitStarted() { EXPECT_EQ(ReadLine(), "started"); }
  void Kill() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
      child_ = -1;
    }
  }

 private:
  std::string ReadLine() {
    std::string line;
    char c = 0;
    while (::read(pipe_.get(), &c, 1) == 1 && c != '\n') {
      line += c;
    }
    return line;
  }

  pid_t child_ = -1;
  runtime::base::UniqueFd pipe_;
  std::string address_;
};

TEST(ServerCrash, ADeliveryThatWasAcceptedRunsAfterTheRestart) {
  ServerHome home;
  ServerProcess first(home, 0);
  std::vector<std::string> accepted;
  for (int i = 0; i < 20; ++i) {
    const auto answer = Ask(first.address(), DeliveryRequest(PushBody(), "d" + std::to_string(i)));
    EXPECT_EQ(answer.status, 202);
    accepted.push_back(RunOf(answer));
  }
  first.Kill();
  std::sort(accepted.begin(), accepted.end());  // those of one millisecond have no order
  const auto server = StartServer(home, "", 1);
  EXPECT_TRUE(home.runs.AwaitStarted(accepted.size()));
  EXPECT_THAT(home.runs.started(), testing::UnorderedElementsAreArray(accepted));
  EXPECT_EQ(Ask(server->address(), DeliveryRequest(PushBody(), "d0")).status, 200);
}

TEST(ServerCrash, ARunThatWasGoingOnRunsOnceMore) {
  ServerHome home;
  ServerProcess first(home, 1);
  const std::string id = RunOf(Ask(first.address(), DeliveryRequest(PushBody(), "d1")));
  first.AwaitStarted();
  first.Kill();
  const auto server = StartServer(home);
  EXPECT_TRUE(AwaitPage(server->address(), "/runs/" + id, "passed"));
  EXPECT_EQ(home.runs.started(), std::vector{id});
}

TEST(ServerCrash, ARunThatKillsTheServerTwiceIsErrored) {
  ServerHome home;
  std::string id;
  for (int i = 0; i < 2; ++i) {
    ServerProcess process(home, 1);
    if (i == 0) {
      id = RunOf(Ask(process.address(), DeliveryRequest(PushBody(), "d1")));
    }
    process.AwaitStarted();
  }
  StandInGithub github;
  const auto server = StartServer(home, github.url());
  EXPECT_TRUE(AwaitPage(server->address(), "/runs/" + id, "errored"));
  EXPECT_EQ(home.runs.started().size(), 0u);
  const auto statuses = github.Await(1);
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0].rfind("error runner/ci: errored: ", 0), 0u) << statuses[0];
}

}  // namespace
}  // namespace runner::serve
