// LiveView: a run on a terminal. Finished steps stay as lines; below them one line per running step
// with the time it takes and the last thing it said.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "pipeline/run_observer.h"
#include "runner/live_screen.h"
#include "runner/plain_view.h"
#include "runner/run_summary_text.h"
#include "runner/step_tails.h"
#include "runtime/base/clock.h"

namespace runner {

// Owns a thread that draws, at most ten times a second. Observer calls only note what changed.
class LiveView : public pipeline::RunObserver {
 public:
  // `size` is asked before each drawing, so that it follows a terminal that is resized. `clock`
  // outlives the object.
  LiveView(TextSink progress, TextSink result, std::function<ScreenSize()> size, bool colour,
           const SummaryStyle& style, const runtime::base::Clock& clock);
  // Takes the live lines away.
  ~LiveView() override;

  void RunStarted(const std::string& run_id, const pipeline::TriggerEvent& event) override;
  void StepStarted(const std::string& step) override;
  void StepLine(const std::string& step, pipeline::Stream stream, std::string_view line) override;
  void StepFinished(const pipeline::StepSummary& step) override;
  void RunFinished(const pipeline::RunSummary& summary) override;

 private:
  struct Running {
    std::string name;
    runtime::base::Clock::MonotonicTime started;
    std::string last_line;
  };

  void Draw(std::stop_token stop);
  void DrawNow();  // mutex_ is held
  void Changed();  // mutex_ is held
  void Stop();

  const TextSink progress_;
  const TextSink result_;
  const std::function<ScreenSize()> size_;
  const bool colour_;
  const SummaryStyle style_;
  const runtime::base::Clock& clock_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool dirty_ = false;
  std::vector<Running> running_;
  std::string above_;  // finished lines that wait to be printed
  LiveScreen screen_;
  StepTails tails_;
  std::jthread thread_;
};

}  // namespace runner
