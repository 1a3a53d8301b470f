// Repositories that ask for a login: cloned, refused, with a secret that changes.
#include "tests/integration/runner/serve_private_test.h"

#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <utility>

#include "tests/support/command.h"
#include "tests/support/scripted_server.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(ServePrivateTest, APrivateRepositoryIsCloned) {
  StartServer();
  const std::string id = PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(2), StartsWith("success runner/ci: passed in "));
  EXPECT_THAT(Page("/runs/" + id + "/log/greet"), HasSubstr("hello"));
  EXPECT_THAT(git_.Log(), HasSubstr(std::string("Basic ") + kBasic));
}

TEST_F(ServePrivateTest, AWrongPasswordIsOneClearLineOnThePageOfAnErroredRun) {
  SetPasswordFile("stale-horse-battery");
  StartServer();
  const std::string id = PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(1), StartsWith("error runner/hubot: errored"));
  const std::string page = Page("/runs/" + id);
  EXPECT_THAT(page, HasSubstr("errored"));
  EXPECT_THAT(page, HasSubstr("check out " + git_.Url("private/hubot.git") + ": connect to " +
                              git_.Url("private/hubot.git") + ": the credential was refused"));
}

TEST_F(ServePrivateTest, ARotatedPasswordIsTakenByTheNextRunWithoutARestart) {
  StartServer();
  PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(2), StartsWith("success"));
  git_.SetPassword("another-horse-battery");
  PushPipeline(std::string(kOneStep) + "# second\n");
  EXPECT_THAT(AwaitStatus(3), StartsWith("error"));
  SetPasswordFile("another-horse-battery");
  PushPipeline(std::string(kOneStep) + "# third\n");
  EXPECT_THAT(AwaitStatus(5), StartsWith("success"));
}

TEST_F(ServePrivateTest, APasswordFileThatIsGoneIsNamedOnThePage) {
  StartServer();
  server_->AwaitLine("pie/hubot: its schedules: ");  // it has asked, and there is no commit yet
  std::filesystem::remove(PasswordFile());
  const std::string before = git_.Log();
  const std::string id = PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(1), StartsWith("error"));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("secret file:" + PasswordFile() + ": "));
  EXPECT_EQ(git_.Log(), before);
}

TEST_F(ServePrivateTest, ARunThatWasQueuedForAnotherAddressGetsNoCredential) {
  std::promise<void> asked;
  std::promise<void> killed;
  const std::shared_future<void> go_on = killed.get_future();
  bool first = true;
  const tests::ScriptedServer old([&](const tests::ReceivedRequest&) {
    if (std::exchange(first, false)) {
      asked.set_value();
      go_on.wait();
    }
    return tests::Answer(500);
  });
  ConfigureClone(old.url("/hubot.git"));
  StartServer();
  const std::string id = PushPipeline(kOneStep);
  ASSERT_EQ(asked.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  server_->Signal(SIGKILL);
  server_->Wait();
  killed.set_value();
  ConfigureClone(git_.Url("private/hubot.git"));
  StartServer();  // The interrupted run starts again, with the address that it was queued with.
  EXPECT_THAT(AwaitStatus(1), StartsWith("error"));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("the credential of pie/hubot is for its `clone`"));
  EXPECT_EQ(old.requests().size(), 1u);
}

TEST_F(ServePrivateTest, ARepositoryIsClonedWithAnSshKeyFromAKnownHost) {
  const tests::GitSshServer ssh;
  const std::string home = directory_.path().native();
  runtime::base::WriteFileAtomically(home + "/key", ssh.user_key());
  runtime::base::WriteFileAtomically(home + "/known_hosts", ssh.known_hosts());
  Configure("    clone: " + ssh.Url(bare_.path()) + "\n    ssh-key: \"file:" + home +
            "/key\"\n    known-hosts: \"file:" + home + "/known_hosts\"\n");
  StartServer();
  PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(2), StartsWith("success"));
}

TEST_F(ServePrivateTest, CheckConfigNamesTheLineOfASecretThatCantBeRead) {
  std::filesystem::remove(PasswordFile());
  const std::string config = (directory_.path() / "runner.yml").native();
  const auto check = tests::RunCommand({std::string(std::getenv("RUNNER_BUILD")) + "/bin/runner",
                                        "serve", "--check-config", "--config", config});
  EXPECT_EQ(check.status, 2);
  EXPECT_THAT(check.output,
              HasSubstr("runner.yml:11:43 C105 secret file:" + PasswordFile() + ": "));
}

}  // namespace
}  // namespace runner
