#include "runner/live_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/text_width.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/utf8.h"

namespace runner {
namespace {

using runtime::base::ForMessage;

constexpr auto kShortestPause = std::chrono::milliseconds(100);
constexpr auto kLongestPause = std::chrono::seconds(1);  // the elapsed time goes on
constexpr size_t kLineBytes = 2 << 10;
constexpr size_t kNameColumns = 16;

}  // namespace

LiveView::LiveView(TextSink progress, TextSink result, std::function<ScreenSize()> size,
                   bool colour, const SummaryStyle& style, const runtime::base::Clock& clock)
    : progress_(std::move(progress)),
      result_(std::move(result)),
      size_(std::move(size)),
      colour_(colour),
      style_(style),
      clock_(clock),
      thread_([this](std::stop_token stop) { Draw(std::move(stop)); }) {}

LiveView::~LiveView() { Stop(); }

void LiveView::Stop() {
  if (!thread_.joinable()) {
    return;
  }
  thread_.request_stop();
  thread_.join();
  const std::lock_guard lock(mutex_);
  running_.clear();
  DrawNow();
}

void LiveView::Draw(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, kLongestPause, [this] { return dirty_; });
    if (dirty_ || !running_.empty()) {
      DrawNow();
    }
    // What comes meanwhile is drawn at once afterwards.
    changed_.wait_for(lock, stop, kShortestPause, [] { return false; });
  }
}

void LiveView::Changed() {
  // A flood of lines wakes the thread once per drawing, not once per line.
  if (!std::exchange(dirty_, true)) {
    changed_.notify_all();
  }
}

void LiveView::DrawNow() {
  std::vector<LiveStep> steps;
  const auto now = clock_.Monotonic();
  for (const Running& step : running_) {
    steps.push_back({step.name,
                     std::chrono::duration_cast<std::chrono::milliseconds>(now - step.started),
                     step.last_line});
  }
  const ScreenSize size = size_();
  progress_(screen_.Redraw(std::exchange(above_, {}), LiveLines(steps, size, colour_), size));
  dirty_ = false;
}

void LiveView::RunStarted(const std::string& run_id, const pipeline::TriggerEvent& event) {
  const std::lock_guard lock(mutex_);
  above_ += fmt::format("run {}: {}\n", ForMessage(run_id), EventText(event));
  Changed();
}

void LiveView::StepStarted(const std::string& step) {
  const std::lock_guard lock(mutex_);
  running_.push_back({step, clock_.Monotonic(), ""});
  Changed();
}

void LiveView::StepLine(const std::string& step, pipeline::Stream /*stream*/,
                        std::string_view line) {
  const std::lock_guard lock(mutex_);
  tails_.Add(step, line);
  for (Running& running : running_) {
    if (running.name == step && !line.empty()) {
      running.last_line = runtime::base::Utf8Prefix(line, kLineBytes);
      Changed();
    }
  }
}

void LiveView::StepFinished(const pipeline::StepSummary& step) {
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [&](const Running& running) { return running.name == step.name; });
  if (IsSuccess(step.result.outcome)) {
    tails_.Drop(step.name);
  }
  above_ += fmt::format("  {}  {}\n", PadTo(ForMessage(step.name), kNameColumns),
                        StepEndText(step, colour_));
  Changed();
}

void LiveView::RunFinished(const pipeline::RunSummary& summary) {
  Stop();
  progress_(RunErrorText(summary));
  result_("\n" + RunSummaryText(summary, tails_, style_));
}

}  // namespace runner
