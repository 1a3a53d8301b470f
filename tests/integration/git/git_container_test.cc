// The container around the helper: what it has, what it costs, how it ends.
#include "runtime/git/git_container.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "tests/integration/git/git_container_fixture.h"
#include "tests/support/git_servers.h"

namespace runtime::git {
namespace {

using testing::Contains;
using testing::HasSubstr;

class GitContainerLife : public ServedRepositoryTest {};

TEST_F(GitContainerLife, HoldsTheHelperAndTheCertificatesAndNothingElse) {
  CheckOut(Local(work_.path()));
  std::vector<std::string> files;
  for (const layer::LayerId& id : layers_.List()) {
    if (!id.starts_with("git-helper-") && id != "git-root-2") {
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(layers_.Path(id))) {
      if (!entry.is_directory()) {
        files.push_back(entry.path().lexically_relative(layers_.Path(id)));
      }
    }
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("runner-git", "etc/nsswitch.conf",
                                                   "ca-certificates.crt"));
}

TEST_F(GitContainerLife, WritesATreeOnceEvenFromOtherCommits) {
  const CheckedOut first = CheckOut(Local(work_.path()));
  EXPECT_FALSE(first.reused);
  work_.Git({"commit", "-q", "--allow-empty", "-m", "the same tree"});
  const CheckedOut second = CheckOut(Local(work_.path()));
  EXPECT_TRUE(second.reused);
  EXPECT_EQ(second.layer, first.layer);
  EXPECT_NE(second.resolution.commit, first.resolution.commit);
}

TEST_F(GitContainerLife, LeavesNothingBehindAfterAnError) {
  CheckoutRequest request = Local(work_.path());
  request.limits.entries = 1;
  EXPECT_THAT(ErrorOf(request), HasSubstr("limit of 1 entries"));
  EXPECT_TRUE(std::filesystem::is_empty(state_.tmp()));
  EXPECT_THAT(layers_.List(),
              testing::UnorderedElementsAre(testing::StartsWith("git-helper-"), "git-root-2"));
}

TEST_F(GitContainerLife, AStopEndsTheWaitForAnotherRunsFetch) {
  const CheckoutRequest request = Remote("git://127.0.0.1:9/a");
  const base::FileLock another(state_.locks() / ("git-" + base::Digest::Of(request.url).hex()));
  std::stop_source stop;
  std::promise<void> waits;
  auto checkout = std::async(std::launch::async, [&] {
    git_.CheckOut(
        request, [&](std::string_view) { waits.set_value(); }, stop.get_token());
  });
  ASSERT_EQ(waits.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  stop.request_stop();

  ASSERT_EQ(checkout.wait_for(std::chrono::seconds(2)), std::future_status::ready);
  try {
    checkout.get();
    ADD_FAILURE() << "it went on";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kCancelled) << e.what();
  }
  EXPECT_TRUE(std::filesystem::is_empty(state_.tmp()));
}

TEST_F(GitContainerLife, EndsAtItsTimeoutAndWhenItIsStopped) {
  // A server that accepts and says nothing.
  const int port = tests::FreePort();
  const std::string script = "import socket\ns = socket.create_server(('127.0.0.1', " +
                             std::to_string(port) +
                             "))\nprint('ready')\nopen = []\nwhile True: open.append(s.accept())\n";
  const tests::ServerProcess silent({"python3", "-u", "-c", script}, "ready");
  CheckoutRequest request = Remote("git://127.0.0.1:" + std::to_string(port) + "/a");
  request.timeout = std::chrono::milliseconds(300);
  EXPECT_THAT(ErrorOf(request), HasSubstr("timed out"));
  EXPECT_EQ(kind_, base::ErrorKind::kUnavailable);

  request.timeout = std::chrono::minutes(10);
  std::stop_source stop;
  std::string error;
  try {
    git_.CheckOut(
        request, [&](std::string_view) { stop.request_stop(); }, stop.get_token());
  } catch (const base::Error& e) {
    error = e.what();
  }
  EXPECT_THAT(error, HasSubstr("cancelled"));
}

TEST_F(GitContainerLife, WritesNothingForACommitThatIsThere) {
  const tests::GitHttpServer server(served_);
  const CheckoutRequest request = Remote(server.Url("open/repo.git"), second_);
  CheckOut(request);
  progress_.clear();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(CheckOut(request).reused);
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  RecordProperty("warm_checkout_us", static_cast<int>(time.count()));
  EXPECT_THAT(progress_, testing::IsEmpty());
}

TEST_F(GitContainerLife, ServesManyAtOnceOnOneMirror) {
  const tests::GitHttpServer server(served_);
  std::vector<std::thread> threads;
  std::vector<std::string> commits(4);
  for (std::string& commit : commits) {
    threads.emplace_back(
        [&] { commit = CheckOut(Remote(server.Url("open/repo.git"), second_)).resolution.commit; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_THAT(commits, testing::Each(second_));
}

}  // namespace
}  // namespace runtime::git
