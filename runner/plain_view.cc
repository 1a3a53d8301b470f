#include "runner/plain_view.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/base/terminal_text.h"

namespace runner {

using runtime::base::ForMessage;

std::string EventText(const pipeline::TriggerEvent& event) {
  std::string text = event.working_tree ? "working tree" : std::string(ToString(event.kind));
  if (event.pull_request > 0) {
    text += fmt::format(" #{}", event.pull_request);
  }
  const std::string& name = event.tag.empty() ? event.branch : event.tag;
  if (!name.empty()) {
    text += " of " + ForMessage(name);
  }
  if (!event.repository.empty()) {
    text += " of " + ForMessage(event.repository);
  }
  return text;
}

PlainView::PlainView(TextSink progress, TextSink result, bool progress_colour,
                     const SummaryStyle& style)
    : progress_(std::move(progress)),
      result_(std::move(result)),
      progress_colour_(progress_colour),
      style_(style) {}

void PlainView::RunStarted(const std::string& run_id, const pipeline::TriggerEvent& event) {
  if (!style_.quiet) {
    progress_(fmt::format("=== run {}: {}\n", ForMessage(run_id), EventText(event)));
  }
}

void PlainView::StepStarted(const std::string& step) {
  if (!style_.quiet) {
    progress_(fmt::format("=== {} started\n", ForMessage(step)));
  }
}

void PlainView::StepLine(const std::string& step, pipeline::Stream /*stream*/,
                         std::string_view line) {
  if (style_.logs) {
    tails_.Add(step, line);
  }
  if (!style_.quiet) {
    progress_(fmt::format("[{}] {}\n", ForMessage(step), OutputText(line, progress_colour_)));
  }
}

void PlainView::StepFinished(const pipeline::StepSummary& step) {
  if (IsSuccess(step.result.outcome)) {
    tails_.Drop(step.name);
  }
  if (!style_.quiet) {
    progress_(
        fmt::format("=== {} {}\n", ForMessage(step.name), StepEndText(step, progress_colour_)));
  }
}

void PlainView::RunFinished(const pipeline::RunSummary& summary) {
  progress_(RunErrorText(summary));
  result_(RunSummaryText(summary, tails_, style_));
}

}  // namespace runner
