#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::base {
namespace {

using std::chrono::seconds;

class FileLockTest : public testing::Test {
 protected:
  // Tries to get the lock in a thread of its own.
  std::future<FileLock> Wait(const std::stop_token& stop) const {
    return std::async(std::launch::async, [this, stop] { return FileLock(path(), stop); });
  }
  std::filesystem::path path() const { return directory_.path() / "lock"; }

  TemporaryDirectory directory_{std::filesystem::temp_directory_path(), "file-lock"};
};

TEST_F(FileLockTest, AStopEndsTheWaitAndLeavesTheLockToOthers) {
  std::optional<FileLock> held(path());
  std::stop_source stop;
  std::future<FileLock> waiter = Wait(stop.get_token());
  stop.request_stop();

  ASSERT_EQ(waiter.wait_for(seconds(10)), std::future_status::ready);
  try {
    waiter.get();
    ADD_FAILURE() << "it got the lock";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kCancelled);
  }
  held.reset();
  EXPECT_TRUE(FileLock::TryLock(path()));
}

TEST_F(FileLockTest, ANoLongerHeldLockGoesToWhoWaits) {
  for (const std::stop_source& stop : {std::stop_source(), std::stop_source(std::nostopstate)}) {
    std::optional<FileLock> held(path());
    std::future<FileLock> waiter = Wait(stop.get_token());
    held.reset();

    ASSERT_EQ(waiter.wait_for(seconds(10)), std::future_status::ready);
    const FileLock got = waiter.get();
    EXPECT_FALSE(FileLock::TryLock(path()));
  }
}

TEST_F(FileLockTest, AStopThatCameBeforeIsAnEndToo) {
  const FileLock held(path());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(FileLock(path(), stop.get_token()), Error);
}

}  // namespace
}  // namespace runtime::base
