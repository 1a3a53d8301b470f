#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <future>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "tests/support/wait_until.h"

namespace runtime::base {
namespace {

using std::chrono::seconds;

class FileLockTest : public testing::Test {
 protected:
  // How many wait for a lock of this file, by /proc/locks (proc(5)).
  bool SomebodyWaits() const {
    struct stat st {};
    ::stat(path().c_str(), &st);
    const std::string inode = ":" + std::to_string(st.st_ino) + " ";
    const std::string locks = ReadFile("/proc/locks");
    for (size_t at = locks.find("-> "); at != std::string::npos; at = locks.find("-> ", at + 1)) {
      if (locks.substr(at, locks.find('\n', at) - at).find(inode) != std::string::npos) {
        return true;
      }
    }
    return false;
  }
  std::filesystem::path path() const { return directory_.path() / "lock"; }

  TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "file-lock"};
};

TEST_F(FileLockTest, AStopEndsTheWaitAndLeavesTheLockToOthers) {
  std::optional<FileLock> held(path());
  std::stop_source stop;
  auto waiter = std::async(std::launch::async, [&] { FileLock(path(), stop.get_token()); });
  ASSERT_TRUE(tests::WaitUntil([&] { return SomebodyWaits(); }, seconds(10)));
  stop.request_stop();

  ASSERT_EQ(waiter.wait_for(seconds(10)), std::future_status::ready);
  try {
    waiter.get();
    ADD_FAILURE() << "it got the lock";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kCancelled);
  }
  EXPECT_FALSE(SomebodyWaits());
  held.reset();
  EXPECT_TRUE(FileLock::TryLock(path()));
}

TEST_F(FileLockTest, ANoLongerHeldLockGoesToWhoWaits) {
  std::optional<FileLock> held(path());
  const std::stop_source stop;
  auto waiter = std::async(std::launch::async, [&] { return FileLock(path(), stop.get_token()); });
  ASSERT_TRUE(tests::WaitUntil([&] { return SomebodyWaits(); }, seconds(10)));
  held.reset();

  ASSERT_EQ(waiter.wait_for(seconds(10)), std::future_status::ready);
  const FileLock got = waiter.get();
  EXPECT_FALSE(FileLock::TryLock(path()));
}

TEST_F(FileLockTest, AStopThatCameBeforeIsAnEndToo) {
  const FileLock held(path());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(FileLock(path(), stop.get_token()), Error);
}

}  // namespace
}  // namespace runtime::base
