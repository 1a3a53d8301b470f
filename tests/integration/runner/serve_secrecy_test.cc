// Where a repository's password isn't: in files, logs, pages, processes, and on other hosts.
#include <signal.h>

#include <mutex>

#include "tests/integration/runner/serve_private_test.h"
#include "tests/support/scripted_server.h"

namespace runner {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

bool HasPassword(const std::string& text) {
  return text.find(kPassword) != std::string::npos || text.find(kBasic) != std::string::npos;
}

std::vector<std::string> FilesWithThePassword(const fs::path& directory) {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && !entry.is_symlink() &&
        HasPassword(runtime::base::ReadFile(entry.path()))) {
      found.push_back(entry.path());
    }
  }
  return found;
}

std::string ReadProcess(pid_t pid, const std::string& name) {
  try {
    return runtime::base::ReadFile("/proc/" + std::to_string(pid) + "/" + name);
  } catch (const std::exception&) {
    return "";  // It has ended.
  }
}

class ServeSecrecy : public ServePrivateTest {
 protected:
  // Pages, the log and files, after runs with these ids.
  std::vector<std::string> PlacesWithThePassword(const std::vector<std::string>& ids) {
    std::vector<std::string> found;
    std::vector<std::string> pages = {"/"};
    for (const std::string& id : ids) {
      for (const char* below : {"", "/log/clone", "/log/greet", "/junit.xml"}) {
        pages.push_back("/runs/" + id + below);
      }
    }
    for (const std::string& page : pages) {
      const tests::RawClient::Answer answer = Get(page);
      if (HasPassword(answer.head + answer.body)) {
        found.push_back(page);
      }
    }
    for (const serve::HttpCall& call : github_.calls()) {
      if (HasPassword(call.body)) {
        found.push_back("status " + call.body);
      }
    }
    const std::vector<std::string> running = FilesWithThePassword(state_.root());
    found.insert(found.end(), running.begin(), running.end());
    server_->Signal(SIGTERM);
    EXPECT_EQ(server_->Wait(), 0);
    if (HasPassword(server_->ReadToEnd())) {
      found.push_back("the log");
    }
    const std::vector<std::string> stopped = FilesWithThePassword(state_.root());
    found.insert(found.end(), stopped.begin(), stopped.end());
    return found;
  }
};

TEST_F(ServeSecrecy, APasswordIsInNoFileNoLogAndNoPage) {
  StartServer();
  const std::string passed = PushPipeline(kOneStep);
  ASSERT_THAT(AwaitStatus(2), StartsWith("success"));
  git_.SetPassword("changed");
  const std::string refused = PushPipeline(std::string(kOneStep) + "# second\n");
  ASSERT_THAT(AwaitStatus(3), StartsWith("error"));
  EXPECT_THAT(FilesWithThePassword(directory_.path()), Contains(PasswordFile()));
  EXPECT_THAT(PlacesWithThePassword({passed, refused}), IsEmpty());
}

TEST_F(ServeSecrecy, AServerThatSendsThePasswordBackHasItMasked) {
  const std::string text = std::string("ERR no ") + kPassword + " here\n";
  char size[5];
  std::snprintf(size, sizeof size, "%04zx", text.size() + 4);
  const tests::ScriptedServer echo([&](const tests::ReceivedRequest& request) {
    return request.Header("Authorization").empty()
               ? tests::Answer(401, "",
                               "WWW-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\n")
               : tests::Answer(200, "001e# service=git-upload-pack\n0000" + (size + text),
                               "Content-Type: application/x-git-upload-pack-advertisement\r\n");
  });
  ConfigureClone(echo.url("/hubot.git"));
  StartServer();
  const std::string id = PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(1), StartsWith("error"));
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("no *** here"));
  EXPECT_THAT(PlacesWithThePassword({id}), IsEmpty());
}

TEST_F(ServeSecrecy, ARepositorysSecretReachesItsStepAndNoPage) {
  Configure("    clone: " + git_.Url("private/hubot.git") +
            "\n    credential: {username: ada, password: \"file:" + PasswordFile() +
            "\"}\n    secrets: {key: \"command:cat " + PasswordFile() + "\"}\n");
  StartServer();
  const std::string id = PushPipeline(R"(steps:
  greet: {image: busybox, secrets: [key], run: "cat /run/secrets/key; base64 /run/secrets/key"})");
  ASSERT_THAT(AwaitStatus(2), StartsWith("success"));
  EXPECT_THAT(Page("/runs/" + id + "/log/greet"), HasSubstr("***"));
  EXPECT_THAT(PlacesWithThePassword({id}), IsEmpty());
}

TEST_F(ServeSecrecy, NoProcessHasThePasswordInItsEnvironmentOrArguments) {
  std::mutex mutex;  // The host answers on threads of its own.
  pid_t server = -1;
  std::vector<std::string> commands;
  std::vector<std::string> found;
  const tests::ScriptedServer host([&](const tests::ReceivedRequest&) {
    const std::scoped_lock lock(mutex);
    // The git container asks, so it has been given the password.
    for (const pid_t pid : ProcessesOf(server)) {
      commands.push_back(ReadProcess(pid, "cmdline"));
      if (HasPassword(commands.back()) || HasPassword(ReadProcess(pid, "environ"))) {
        found.push_back(commands.back());
      }
    }
    return tests::Answer(500);
  });
  ConfigureClone(host.url("/hubot.git"));
  StartServer();
  {
    const std::scoped_lock lock(mutex);
    server = server_->pid();
  }
  PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(1), StartsWith("error"));
  const std::scoped_lock lock(mutex);
  EXPECT_THAT(commands, Contains(HasSubstr("runner-git")));
  EXPECT_THAT(found, IsEmpty());
}

TEST_F(ServeSecrecy, APasswordIsNotTakenToTheHostOfARedirect) {
  const tests::ScriptedServer thief([](const tests::ReceivedRequest&) {
    return tests::Answer(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n");
  });
  // Another name, and so another host; "localhost" is where the thief listens too.
  const std::string away = "http://localhost:" + std::to_string(thief.port());
  const tests::ScriptedServer host([&](const tests::ReceivedRequest& request) {
    return tests::Answer(302, "", "Location: " + away + request.target + "\r\n");
  });
  ConfigureClone(host.url("/hubot.git"));
  StartServer();
  const std::string id = PushPipeline(kOneStep);
  EXPECT_THAT(AwaitStatus(1), StartsWith("error"));
  EXPECT_THAT(thief.requests(), IsEmpty());
  EXPECT_THAT(Page("/runs/" + id), HasSubstr("cannot redirect"));
}

}  // namespace
}  // namespace runner
