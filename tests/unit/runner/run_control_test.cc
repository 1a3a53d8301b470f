#include "runner/run_control.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <condition_variable>
#include <mutex>

#include "runtime/base/files.h"

namespace runner {
namespace {

class RunControlTest : public testing::Test {
 protected:
  RunControlTest() : dir_("/tmp", "runs"), paths_(dir_.path(), "01kgasd000abcdef") {}

  static void Await(const std::stop_token& token) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, token, [] { return false; });
  }
  runtime::base::TemporaryDirectory dir_;
  RunPaths paths_;
};

TEST_F(RunControlTest, EndsTheRunThatIsToldTo) {
  const RunControl control(paths_, {});
  EXPECT_FALSE(control.token().stop_requested());
  TellToEnd(OpenControl(paths_).value());
  Await(control.token());
}

TEST_F(RunControlTest, EndsWithItsCallersStop) {
  std::stop_source caller;
  const RunControl control(paths_, caller.get_token());
  caller.request_stop();
  EXPECT_TRUE(control.token().stop_requested());
}

TEST_F(RunControlTest, TellsWhetherAProcessWorksOnTheRun) {
  EXPECT_FALSE(OpenControl(paths_));
  std::optional<RunControl> control(std::in_place, paths_, std::stop_token());
  const auto open = OpenControl(paths_);
  ASSERT_TRUE(open);
  pollfd event = {open->get(), 0, 0};
  EXPECT_EQ(::poll(&event, 1, 0), 0);
  control.reset();
  EXPECT_EQ(::poll(&event, 1, -1), 1);
  EXPECT_FALSE(OpenControl(paths_));
}

}  // namespace
}  // namespace runner
