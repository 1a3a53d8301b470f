#include "runner/live_view.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "runner/terminal_view.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "tests/unit/runner/view_testing.h"

namespace runner {
namespace {

using testing::HasSubstr;
using testing::Not;

// Collects what is drawn and lets a test wait for a text in it.
class Recorder {
 public:
  void Add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_ += text;
    ++drawings_;
    changed_.notify_all();
  }
  bool WaitFor(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return text_.find(text) != std::string::npos; });
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  int drawings() {
    const std::lock_guard lock(mutex_);
    return drawings_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  int drawings_ = 0;
};

TEST(LiveView, ShowsRunningStepsAndLeavesOnlyFinishedLines) {
  Recorder screen;
  std::string result;
  const FakeClock clock;
  LiveView view([&](std::string_view text) { screen.Add(text); },
                [&](std::string_view text) { result += text; }, [] { return ScreenSize{}; }, false,
                {}, clock);
  const pipeline::RunSummary run = FailedRun();
  view.RunStarted(run.id, run.event);
  view.StepStarted("test");
  view.StepLine("test", pipeline::Stream::kStdout, "running 2 tests");
  EXPECT_TRUE(screen.WaitFor("  test       0 s  running 2 tests\n"));
  view.StepFinished(run.steps[2]);
  EXPECT_TRUE(screen.WaitFor("failed in 2.0 s: 1 of 2 tests failed\n"));
  view.RunFinished(run);
  EXPECT_TRUE(screen.text().ends_with("\x1b[J"));
  EXPECT_THAT(result, HasSubstr("last lines of test:\n  | running 2 tests\n"));
}

TEST(LiveView, AFloodOfLinesIsDrawnAFewTimesOnly) {
  Recorder screen;
  const FakeClock clock;
  const auto begin = std::chrono::steady_clock::now();
  {
    LiveView view([&](std::string_view text) { screen.Add(text); }, [](std::string_view) {},
                  [] { return ScreenSize{}; }, false, {}, clock);
    view.StepStarted("s");
    for (int i = 0; i < 100'000; ++i) {
      view.StepLine("s", pipeline::Stream::kStdout, "line");
    }
  }
  const auto tenths = (std::chrono::steady_clock::now() - begin) / std::chrono::milliseconds(100);
  EXPECT_LE(screen.drawings(), tenths + 3);
}

TEST(MakeTerminalView, MovesNoCursorWhereOutputIsNoTerminal) {
  const runtime::base::TemporaryDirectory dir("/tmp", "view");
  const auto progress = runtime::base::OpenFile(dir.path() / "progress", O_RDWR | O_CREAT);
  const auto result = runtime::base::OpenFile(dir.path() / "result", O_RDWR | O_CREAT);
  const auto view = MakeTerminalView(
      {.progress_fd = progress.get(), .result_fd = result.get(), .terminal = false});
  const pipeline::RunSummary run = FailedRun();
  view->RunStarted(run.id, run.event);
  view->StepStarted("test");
  view->StepLine("test", pipeline::Stream::kStdout, "one line");
  view->RunFinished(run);
  const std::string text = runtime::base::ReadFile(dir.path() / "progress");
  EXPECT_THAT(text, HasSubstr("[test] one line\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(runtime::base::ReadFile(dir.path() / "result"),
              testing::EndsWith("hello-cpp: failed in 14.2 s: step test: 1 of 2 tests failed\n"));
}

}  // namespace
}  // namespace runner
